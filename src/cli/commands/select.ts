/** @file `ploutos select`: which of several agents to go on with, by combinatorial purged cross-validation, and what that is worth. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { dayOf } from "#domain/day.ts";
import type { Universe } from "#domain/universe.ts";
import type { Spread, TriedResult } from "#evaluation/selection.ts";
import { featureSpec, firstWindowRow } from "#features/pipeline.ts";
import { writeFilesWhole } from "#storage/atomic-file.ts";
import { codeVersion } from "#training/code-version.ts";
import { checkedFeatures, readFeatureFiles } from "#training/feature-files.ts";
import { barsUntil } from "#training/run-split.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, count, isoDay, ploutosCommand, typed, wholeNumber } from "../command.ts";
import type { PartOptions } from "../fold-options.ts";
import { gapOf, proportionalFolds, seedsOf, withPartOptions } from "../fold-options.ts";
import type { NamedLearner } from "../named-learners.ts";
import { namedLearners } from "../named-learners.ts";
import type { CountingOptions } from "../project.ts";
import { projectMarket, vaultMarksOf, withCounting } from "../project.ts";
import { runId } from "../run-id.ts";
import type { SelectionResult } from "../selection-job.ts";
import { runSelection } from "../selection-job.ts";
import { selectionPage } from "../selection-page.ts";
import type { Terminal } from "../terminal.ts";
import { fixed, percent, table } from "../terminal.ts";

interface SelectOptions extends CommonOptions, CountingOptions, PartOptions {
  readonly seed: number;
  readonly market: string;
  readonly until?: string;
  readonly groups: number;
  readonly heldOut: number;
  readonly transitions?: number;
  readonly workers?: number;
  readonly out?: string;
  readonly resume: boolean;
  readonly set: string[];
}

export function selectCommand(): Command {
  return withPartOptions(
    withCounting(
      command(
        "select <agents...>",
        "Chooses between agents by combinatorial purged cross-validation: no evidence of profit. Each is an algorithm, a preset or a JSON file of settings.",
        "ploutos select ppo dqn boosting --market my-stocks --until 2022-12-31\nploutos select ppo wide.json --market my-stocks --until 2022-12-31 --groups 8 --held-out 2 --seeds 1,2,3",
      ),
    ),
  )
    .requiredOption("--market <name>", "an imported market")
    .option("--until <day>", "last day to choose on; nothing later is looked at", isoDay)
    .option("--groups <number>", "groups that the bars are cut into", wholeNumber, 6)
    .option("--held-out <number>", "groups that each split holds out", wholeNumber, 2)
    .option("--transitions <number>", "env steps of each training", count)
    .option("--workers <number>", "trainings at the same time (default: one for each core)", count)
    .option("--out <folder>", "folder of the choice and its models (default: runs/<id>)")
    .option("--resume", "go on with the selection in --out that was interrupted", false)
    .option(
      "--set <name=value>",
      "one setting of all, or of those that have a use for it, e.g. lanes=32; may be repeated",
      collect,
      [],
    )
    .action(action<SelectOptions>(select));
}

interface Asked {
  readonly options: SelectOptions;
  readonly terminal: Terminal;
  readonly args: readonly string[];
  readonly given: (option: keyof SelectOptions) => boolean;
}

async function select({ options, terminal, args, given }: Asked): Promise<void> {
  const { market, until, groups, heldOut, seed, workers, resume: resumed } = options;
  if (args.length < 2 || new Set(args).size < args.length) {
    const found = `select chooses between two agents or more, each once; ${args.join(" ")} were given`;
    throw new Failure("cli/bad-option", found);
  }
  if (resumed && options.out === undefined) {
    throw new Failure("cli/bad-option", "--resume needs --out, the folder that was begun");
  }
  const candidates = namedLearners(args, options);
  const learners = candidates.map(({ learner }) => learner);
  const out = options.out ?? join("runs", runId(systemClock, "select"));
  const { universe: whole, leftOut } = await projectMarket(market, options, { until });
  if (leftOut !== undefined) terminal.say(leftOut.note);
  const universe = barsUntil(whole, until);
  const [seeds, gap, plan] = [seedsOf(options), gapOf(options, learners), { groups, heldOut }];
  const job = { universe, candidates, plan, gap, seeds, seed, workers, out, resumed, project: options };
  const result = await runSelection(job, terminal);
  const chosen = candidates.find((candidate) => candidate.given === result.selection.chosen)!;
  const places = (["store", "ledger"] as const).flatMap((name) => (given(name) ? [`--${name}`, options[name]] : []));
  const next = await nextCommand(chosen, options, whole, universe.openTime.length, places);
  const marks = vaultMarksOf(options);
  const told = { ...toldOf(result, universe), seeds, plan, gap, next, vault: marks };
  const about = { formatVersion: 1, command: typed(), codeVersion: codeVersion() };
  const notes = [nextStep(next, result, leftOut !== undefined), ...marks];
  const [file, page] = ["selection.json", "selection.html"].map((name) => join(out, name));
  const title = `${chosen.given} of ${args.length} agents`;
  const kicker = `Cross-validation on ${market}, ${daysOf(universe)}`;
  await writeFilesWhole([
    { path: file, write: JSON.stringify({ ...about, ...told }, undefined, 2) },
    { path: page, write: selectionPage({ title, kicker, createdAt: systemClock.now(), result, notes }) },
  ]);
  const text = [described(result, universe), ...notes, `Selection: ${file}, page: ${page}`];
  terminal.result({ ...told, file, page }, text.join("\n"));
}

function toldOf({ selection, buyAndHold, groups, splits, paths }: SelectionResult, { name, openTime }: Universe) {
  const { sharpe, annualReturn, maxDrawdown, turnover } = buyAndHold;
  return {
    ...selection,
    market: name,
    buyAndHold: { sharpe, annualReturn, maxDrawdown, turnover },
    groups: groups.map(({ from, to }) => ({
      from: dayOf(openTime[from]),
      until: dayOf(openTime[to - 1]),
      bars: to - from,
    })),
    splits,
    paths,
  };
}

/**
 * The walk-forward that judges what was chosen on the bars after those that it was chosen on, its first test beginning with the first
 * of them; undefined where there are too few.
 */
async function nextCommand(
  { learner, options }: NamedLearner,
  { market, seeds }: SelectOptions,
  whole: Universe,
  knownBars: number,
  places: readonly string[],
): Promise<string | undefined> {
  const { settings } = learner;
  const own = await checkedFeatures(await readFeatureFiles(settings.featureFiles), whole);
  const firstBar = firstWindowRow(featureSpec(settings.featureSet, whole, settings.lookbackBars, own));
  const gap = gapOf({}, [learner]);
  const { validationBars, testBars } = proportionalFolds(whole.openTime.length);
  const trainBars = knownBars - firstBar - validationBars - 2 * (gap.purgeBars + gap.embargoBars);
  const left = Math.min(testBars, whole.openTime.length - knownBars);
  if (left < leastTestBars || trainBars < 2) return undefined;
  const parts = { "--train-bars": trainBars, "--validation-bars": validationBars, "--test-bars": left };
  const lengths = Object.entries(parts).flatMap(([name, bars]) => [name, `${bars}`]);
  const seeded = seeds === undefined ? [] : ["--seeds", seeds.join()];
  return ploutosCommand(["walk-forward", "--market", market, ...options, ...lengths, ...seeded, ...places]);
}

/** What to do next, in a sentence; what stands between backticks is a command. */
function nextStep(next: string | undefined, { selection }: SelectionResult, hasVault: boolean): string {
  if (next !== undefined) {
    const why = selection.worthless ? "To judge it all the same" : "To judge it";
    return `${why}, on the bars after these: \`${next}\``;
  }
  return hasVault
    ? "No bars are left to judge it on but those in the vault: train a run of it, then `ploutos vault open RUN`."
    : "No bars are left to judge it on: keep some with `--until`.";
}

function daysOf({ openTime }: Universe): string {
  return `${dayOf(openTime[0])} to ${dayOf(openTime[openTime.length - 1])}`;
}

/** A month of daily bars: fewer say nothing. */
const leastTestBars = 21;

function described({ selection, buyAndHold, paths }: SelectionResult, universe: Universe): string {
  const { chosen, candidates, leads, reasons } = selection;
  const spreadCells = ({ mean, worst, lowerQuartile, median, upperQuartile, best }: Spread): string[] =>
    [mean, worst, lowerQuartile, median, upperQuartile, best].map((value) => fixed(value));
  const rows = candidates.map(({ name, sharpe, annualReturn, maxDrawdown, turnover }: TriedResult) => [
    name === chosen ? `${name} *` : name,
    ...spreadCells(sharpe),
    percent(annualReturn),
    percent(maxDrawdown),
    fixed(turnover, 1),
  ]);
  const { sharpe, annualReturn, maxDrawdown, turnover } = buyAndHold;
  const held = [
    "buy and hold",
    fixed(sharpe),
    "",
    "",
    "",
    "",
    "",
    percent(annualReturn),
    percent(maxDrawdown),
    fixed(turnover, 1),
  ];
  return [
    "",
    `Chosen on ${daysOf(universe)}, after costs; ${paths} paths with each seed`,
    table(["", "Sharpe", "worst", "25 %", "median", "75 %", "best", "a year", "drawdown", "turnover"], [...rows, held]),
    "",
    table(
      [`${chosen} over`, "Sharpe", "95 % interval", "ahead in"],
      leads.map(({ over, difference: { estimate, lower, upper }, aheadIn }) => [
        over,
        fixed(estimate),
        `${fixed(lower)} … ${fixed(upper)}`,
        percent(aheadIn, 0),
      ]),
    ),
    "",
    ...reasons,
  ].join("\n");
}
