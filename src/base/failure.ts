/** @file The world failed us: one class, one table of codes. A message says the rule, what was found, what to do. */

interface FailureKind {
  /** Would the same call succeed later, with nothing changed? */
  readonly retryable: boolean;
  /** The rule that does not hold, a full sentence without its stop. */
  readonly rule: string;
  /** What the reader should do, a full sentence with its stop. */
  readonly hint: string;
}

/** Every way in which the world can fail us. `docs/failures.md` is this table; a test keeps the two equal. */
export const failureKinds = {
  "data/empty-file": {
    retryable: false,
    rule: "A file of bars must hold a header and at least one row",
    hint: "Check that the download finished and that this is the right file.",
  },
  "data/no-header": {
    retryable: false,
    rule: "The first line of a file of bars must name its columns",
    hint: "Add a header line such as `date,open,high,low,close,volume`.",
  },
  "data/missing-column": {
    retryable: false,
    rule: "A file of bars must have a time and open, high, low and close columns",
    hint: "Name the columns with `--columns time=…,open=…,high=…,low=…,close=…`.",
  },
  "data/no-book": {
    retryable: false,
    rule: "A file of order flow must name a time, and prices and sizes of both sides or of trades",
    hint: "Name its columns `timestamp,bid_price,bid_size,ask_price,ask_size` or `timestamp,price,size,side`.",
  },
  "data/counts-steps": {
    retryable: false,
    rule: "Books and trades must carry times, or steps of a length that is named",
    hint: "Say how long a step is, e.g. `--step-ms 1000` for one a second.",
  },
  "data/bad-number": {
    retryable: false,
    rule: "Prices and volumes must be numbers",
    hint: "Mend or remove that line, then import again.",
  },
  "data/ragged-row": {
    retryable: false,
    rule: "Every row must have as many fields as the header",
    hint: "Mend or remove that line; decimals are written with a point.",
  },
  "data/bad-time": {
    retryable: false,
    rule: "Every row must carry a time that can be read",
    hint: "Mend that line, or name the zone with `--time-zone` when the times are local.",
  },
  "data/unknown-timeframe": {
    retryable: false,
    rule: "Bars must be 1 or 10 seconds, 1, 5, 15 or 30 minutes, 1 or 4 hours, a day or a week apart",
    hint: "Import a file of one of these timeframes, with two bars at least.",
  },
  "data/out-of-order": {
    retryable: false,
    rule: "Bars must be in time order",
    hint: "Sort the file by time, or import it with `--sort`.",
  },
  "data/duplicate-bar": {
    retryable: false,
    rule: "Two bars of one instrument must not open at the same time with different prices",
    hint: "Decide which of the two is right and remove the other.",
  },
  "data/duplicate-symbol": {
    retryable: false,
    rule: "A market must hold each symbol once",
    hint: "Import one file for each symbol, or rename one of the files.",
  },
  "data/bad-price": {
    retryable: false,
    rule: "Prices must be above zero",
    hint: "Mend or remove that line; back-adjusted prices below zero cannot be traded in ratios.",
  },
  "data/broken-bar": {
    retryable: false,
    rule: "A bar must satisfy low <= open, close <= high",
    hint: "Mend that line, or import with `--allow-broken` and see `ploutos data check`.",
  },
  "data/unreadable-file": {
    retryable: false,
    rule: "The file must exist and be readable as CSV text, plain or gzip, or as Parquet",
    hint: "Check the path, its permissions and that the file is whole.",
  },
  "data/unknown-market": {
    retryable: false,
    rule: "A market must have been imported before it is used",
    hint: "Run `ploutos data list` to see what there is, or `ploutos data import … --market NAME`.",
  },
  "data/no-common-bars": {
    retryable: false,
    rule: "The instruments of one market must share bars in time",
    hint: "Import instruments of one timeframe and overlapping dates.",
  },
  "data/missing-volume": {
    retryable: false,
    rule: "A feature that needs volume must be given bars with volume",
    hint: "Import bars with volume, or choose a feature set that needs none (`ploutos features list`).",
  },
  "data/missing-measured": {
    retryable: false,
    rule: "A feature of order flow must be given bars that carry what it is made of",
    hint: "Import books and trades with `ploutos data import-flow --book FILE --trades FILE`, or choose another feature set (`ploutos features list`).",
  },
  "data/measured-columns": {
    retryable: false,
    rule: "Longer bars must be made from prices and volume alone",
    hint: "Import the same recording anew with `ploutos data import-flow --timeframe LENGTH`.",
  },
  "data/source-unavailable": {
    retryable: true,
    rule: "A source of data must answer within a few tries",
    hint: "Give the same command again later; a download goes on where it stopped.",
  },
  "data/source-refused": {
    retryable: false,
    rule: "A source of data must grant what is asked of it",
    hint: "Mend what its answer names: symbol, dates, feed or subscription.",
  },
  "data/source-broken": {
    retryable: false,
    rule: "A source of data must answer in the form that it documents",
    hint: "Its interface may have changed: update the program, or report this with the answer that is shown.",
  },
  "data/bad-credentials": {
    retryable: false,
    rule: "A source of data that asks for keys must be given valid ones",
    hint: "Set the environment variables that are named, and give the same command again.",
  },
  "data/no-such-bars": {
    retryable: false,
    rule: "A source of data must have what is asked of it: that symbol, that timeframe, in that time",
    hint: "Check the symbol as the source writes it, the timeframe and the dates.",
  },
  "data/not-enough-bars": {
    retryable: false,
    rule: "Each part of a split must hold enough bars to work on",
    hint: "Choose other dates (`--from`, `--until`) or import a longer history.",
  },
  "data/no-calendar": {
    retryable: false,
    rule: "A calendar must know the days that it is asked about",
    hint: "Name the calendar that the instrument trades by with `--calendar`, or leave out the bars of those days.",
  },
  "data/market-closed": {
    retryable: false,
    rule: "Bars must lie within the hours of their market's calendar",
    hint: "Import with the right `--calendar`, or drop those bars (`ploutos data repair --drop-outside`).",
  },
  "data/bad-action": {
    retryable: false,
    rule: "A corporate action must name an instrument of the market, a day, and a split or a dividend above zero",
    hint: "Mend that line of the file of actions: `symbol,date,split,dividend`.",
  },
  "data/adjusted-prices": {
    retryable: false,
    rule: "Corporate actions are applied to raw prices only",
    hint: "Import raw prices, or leave the actions out: adjusted prices hold them already.",
  },
  "market/no-rate": {
    retryable: false,
    rule: "A fee must have a rate on every day that is traded",
    hint: "Trade other days, or choose costs without that fee (`--set costs.profile=…`).",
  },
  "storage/write-failed": {
    retryable: true,
    rule: "Files must be written whole",
    hint: "Free disk space or choose another folder; nothing half-written was left behind.",
  },
  "storage/damaged-file": {
    retryable: false,
    rule: "A stored file must be whole and carry the hash it was written with",
    hint: "Restore it from a copy, or make it again.",
  },
  "storage/not-found": {
    retryable: false,
    rule: "The run, model or store that is named must exist",
    hint: "Check the path; `ploutos train … --out FOLDER` makes one.",
  },
  "storage/exists": {
    retryable: false,
    rule: "A run folder that holds a run is not overwritten",
    hint: "Choose another `--out`, or continue that run with `--resume`.",
  },
  "training/data-changed": {
    retryable: false,
    rule: "A run goes on only with the data it began with",
    hint: "Import the same files again, or begin a new run in another folder.",
  },
  "training/config-changed": {
    retryable: false,
    rule: "A run goes on only with the configuration it began with",
    hint: "Leave out what was changed, or begin a new run in another folder.",
  },
  "training/already-running": {
    retryable: true,
    rule: "A run is trained by one process at a time",
    hint: "See how it is doing with `ploutos status RUN`, or end it in good order with `ploutos stop RUN`.",
  },
  "training/not-running": {
    retryable: false,
    rule: "Only a run that is being trained can be stopped",
    hint: "Nothing needs to be done; `ploutos status RUN` says how it ended.",
  },
  "training/not-finite": {
    retryable: false,
    rule: "Losses, gradients and whatever else a learner reports must be finite",
    hint: "Lower the learning rate, or look at the scale of the reward; nothing that was learned since the last checkpoint is kept.",
  },
  "training/bad-reward": {
    retryable: false,
    rule: "A reward must be a finite number within the range that its env names",
    hint: "Mend the env's reward, or the range that it names.",
  },
  "training/no-legal-action": {
    retryable: false,
    rule: "A mask must leave at least one legal action for each part of an action",
    hint: "Mend the env's mask; doing nothing should always be legal.",
  },
  "training/too-large": {
    retryable: false,
    rule: "What a training holds must fit into memory",
    hint: "Use fewer lanes, shorter rollouts or a smaller replay; `ploutos train --dry-run` says what a training would take.",
  },
  "features/scaler-mismatch": {
    retryable: false,
    rule: "A scaler is used on the features that it was fitted on, in their order",
    hint: "Fit it again on the training span of these features.",
  },
  "features/scaler-overlap": {
    retryable: false,
    rule: "A scaler is fitted on bars that all come before those that are tested",
    hint: "Fit it on an earlier span, or test later bars.",
  },
  "features/missing-input": {
    retryable: false,
    rule: "A feature is computed only from data that is there",
    hint: "Leave that feature out, or bring the data that is named.",
  },
  "features/bad-file": {
    retryable: false,
    rule: "A feature's file must export create() or column(bars)",
    hint: "See docs/how-to/add-your-own-feature.md for both forms.",
  },
  "features/refused": {
    retryable: false,
    rule: "A feature depends on closed bars only, and says the same of the same bars",
    hint: "Mend what is named; the numbers of a bar may come from it and from earlier ones, and from nothing else.",
  },
  "features/not-tradable": {
    retryable: false,
    rule: "A feature that is traded must come bar by bar, from create()",
    hint: "Write it in the form create(), as docs/how-to/add-your-own-feature.md shows; column(bars) is for analysis.",
  },
  "features/name-taken": {
    retryable: false,
    rule: "Features that are used together, and their files, must have names of their own",
    hint: "Rename the file, or export another `name` from it.",
  },
  "features/changed-file": {
    retryable: false,
    rule: "A run's own features must be the files that it began with",
    hint: "Put the copy in the run's folder `features` back as it was, or train again.",
  },
  "data/bad-folds": {
    retryable: false,
    rule: "Folds must be in order of time: train, validation and test without an overlap, and tests one after the other",
    hint: "Make them with `foldsOf` or `walkForwardFolds`, or mend the one that is named.",
  },
  "evaluation/not-comparable": {
    retryable: false,
    rule: "What is compared must have traded the same bars with the same seeds",
    hint: "Run both walk-forwards on one market with the same folds and seeds, or let `ploutos compare` train them.",
  },
  "evaluation/bad-strategy": {
    retryable: false,
    rule: "A strategy's file must export create({ universe, from }), which returns a policy of weights",
    hint: "See docs/how-to/verify.md for an example.",
  },
  "evaluation/bad-benchmark": {
    retryable: false,
    rule: "A benchmark must have the calendar, the currency, the timeframe and every tested bar of what is judged",
    hint: "Import it with the same timeframe, calendar and dates, or judge without `--benchmark`.",
  },
  "model/not-alike": {
    retryable: false,
    rule: "Agents that decide together must see, say and be charged the same",
    hint: "Train them on one market, split and configuration, with another `--seed` or `--agent` each.",
  },
  "model/feature-mismatch": {
    retryable: false,
    rule: "A model runs only on the features it was trained on",
    hint: "Use the data and the version of the program that it was trained with, or train again.",
  },
  "model/bad-forest": {
    retryable: false,
    rule: "A file of boosted trees must be a whole XGBoost JSON model of numeric splits",
    hint: "Save it as JSON from XGBoost 1.7 to 3, with booster gbtree and objective reg:squarederror, binary:logistic, multi:softprob or multi:softmax.",
  },
  "agents/bad-data": {
    retryable: false,
    rule: "A supervised learner must be given whole rows with labels of its objective",
    hint: "Mend what is named, or choose the objective that the labels are of.",
  },
  "vault/sealed": {
    retryable: false,
    rule: "Bars of the vault must be neither learned from nor looked at",
    hint: "Choose days before them (`--until DAY`); `ploutos vault open RUN` judges one run on them.",
  },
  "vault/not-sealed": {
    retryable: false,
    rule: "A vault must be sealed before it is opened",
    hint: "Seal the last bars of a market before anybody looks at them: `ploutos vault seal MARKET --from DAY`.",
  },
  "vault/known-bars": {
    retryable: false,
    rule: "A run must know nothing of the bars that it is judged on in the vault",
    hint: "Train a run on the bars before the seal, and open the vault for that one; nothing was opened.",
  },
  "config/invalid": {
    retryable: false,
    rule: "The configuration must follow its schema",
    hint: "Mend the named setting; `ploutos COMMAND --help` lists them.",
  },
  "cli/bad-option": {
    retryable: false,
    rule: "Options must be known and have values of the right form",
    hint: "See `ploutos COMMAND --help`.",
  },
  "runtime/worker-failed": {
    retryable: true,
    rule: "A worker thread must finish its job",
    hint: "Run again with `--workers 1 --verbose` to see where it stops; less memory is used then, too.",
  },
  "runtime/no-device": {
    retryable: false,
    rule: "The device that is to compute must be there, with its driver",
    hint: "Use `--device cpu`, or install the driver: Vulkan, Metal or D3D12 for webgpu; see docs/how-to/train-on-a-gpu.md.",
  },
  "runtime/unsupported": {
    retryable: false,
    rule: "The runtime must offer what the program is built on",
    hint: "Run `ploutos doctor` to see what is missing.",
  },
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof failureKinds;

/** Facts that led to a failure (file, line, symbol …), and the error that caused it, if one did. */
export interface FailureFacts {
  readonly cause?: unknown;
  readonly [fact: string]: unknown;
}

/** An expected failure of the outside world. The message reads: rule; what was found. What to do. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly retryable: boolean;
  /** What was found, without the rule and the hint. */
  readonly found: string;
  readonly facts: Readonly<Record<string, unknown>>;

  /** @param found what was found, with file and line where there are any; no final stop. */
  constructor(code: FailureCode, found: string, { cause, ...facts }: FailureFacts = {}) {
    const { rule, hint, retryable } = failureKinds[code];
    super(`${rule}; ${found}. ${hint}`, cause === undefined ? undefined : { cause });
    this.name = "Failure";
    this.code = code;
    this.retryable = retryable;
    this.found = found;
    this.facts = facts;
  }
}
