/** @file `ploutos data repair`: files of bars, or a stored market, mended in the ways that are named and in no other. */
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { Failure } from "#base/failure.ts";
import { alignUniverse } from "#data/align.ts";
import { checkQuality, defectCounts } from "#data/quality.ts";
import type { RepairWay, SplitAdjustment } from "#data/repair.ts";
import { adjustSplits, checkUsable, repair, repairWays, scaleToClose } from "#data/repair.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { BarSource } from "#storage/bar-store.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { MarketOptions } from "../bar-files.ts";
import { instrumentOf, readBarFiles, sourceOf, withMarketOptions } from "../bar-files.ts";
import { action, command, isoDay } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { day, eachShown, shownWhile } from "../terminal.ts";

interface NamedSplit extends SplitAdjustment {
  readonly symbol: string;
}

type RepairOptions = MarketOptions &
  Readonly<Record<RepairWay, boolean>> & {
    readonly stored?: string;
    readonly adjustSplit: readonly NamedSplit[];
    readonly scaleToClose?: string;
  };

/** A series to mend: bars with where they come from, so far. */
interface Given {
  /** What an error calls it. */
  readonly name: string;
  readonly instrument: Instrument;
  readonly timeframe: Timeframe;
  readonly bars: Bars;
  readonly source: BarSource;
  /** What was done to it already. */
  readonly done: readonly string[];
}

export function dataRepairCommand(): Command {
  return withMarketOptions(
    command(
      "repair [files...]",
      "Makes a market of files with defects, or of a stored market, mending what is named and nothing else; files stay as they are.",
      "ploutos data repair prices/*.csv --drop-duplicates --sort --market my-stocks\nploutos data repair --stored my-stocks --adjust-split AAPL@2020-08-31=4 --market my-stocks-2",
    ),
  )
    .option("--stored <name>", "a stored market instead of files; --market may be the same name, and replaces it then")
    .option("--drop-duplicates", "of bars that open at the same time keep the first", false)
    .option("--drop-zero", "drop bars with a price that is zero, negative or no number", false)
    .option("--drop-broken", "drop bars that break low <= open, close <= high", false)
    .option("--drop-outside", "drop bars at which the market was closed", false)
    .option(
      "--adjust-split <SYMBOL@DAY=RATIO>",
      "divide the symbol's prices before that day by the ratio of new shares to old (4, or 3:2) and multiply its volumes; may be repeated",
      collectSplit,
      [],
    )
    .option(
      "--scale-to-close <column>",
      "files with a raw and an adjusted close: scale open, high, low and close to the adjusted one, which is in this column",
    )
    .action(
      action<RepairOptions>(async ({ options, terminal, args, given }) => {
        const ways = waysOf(options, args);
        const series =
          options.stored === undefined ? await fromFiles(args, options, terminal) : await fromStore(options, given);
        checkSymbols(options.adjustSplit, series);
        const mended = eachShown(terminal, "mending", series, {
          nameOf: ({ instrument: { symbol } }) => symbol,
          work: (one) => mend(one, ways, options.adjustSplit),
        });
        const { universe, droppedBars } = alignUniverse(options.market, mended);
        const sources = mended.map(({ source, done }, i) => ({
          ...source,
          repairs: [...(source.repairs ?? []), ...done],
          droppedBars: source.droppedBars + droppedBars[i],
        }));
        const store = openBarStore(options.store);
        const summary = await shownWhile(terminal, "storing", () => store.save(universe, sources));
        const text = [
          ...mended.flatMap(({ instrument: { symbol }, done }) =>
            done.length === 0 ? [`  ${symbol}: Nothing to mend.`] : done.map((line) => `  ${symbol}: ${line}`),
          ),
          `Market ${options.market}: ${universe.openTime.length} bars of ${mended.length} instrument(s), ${day(summary.firstTime)} to ${day(summary.lastTime)}`,
        ].join("\n");
        terminal.result(summary, text);
      }),
    );
}

/** What it is told to do, which must be something, to something. */
function waysOf(options: RepairOptions, files: readonly string[]): RepairWay[] {
  const { stored, adjustSplit, scaleToClose: adjustedClose } = options;
  if ((stored === undefined) === (files.length === 0)) {
    throw new Failure("cli/bad-option", "data repair takes either files or --stored NAME");
  }
  if (stored !== undefined && adjustedClose !== undefined) {
    const found =
      "--scale-to-close needs both closes, and a stored market keeps one: give the files instead of --stored";
    throw new Failure("cli/bad-option", found);
  }
  const ways = (Object.keys(repairWays) as RepairWay[]).filter((way) => options[way]);
  if (ways.length > 0 || adjustSplit.length > 0 || adjustedClose !== undefined) return ways;
  throw new Failure("cli/bad-option", "data repair was not told what to mend, e.g. --drop-duplicates or --sort");
}

async function fromFiles(paths: readonly string[], options: RepairOptions, terminal: Terminal): Promise<Given[]> {
  const { scaleToClose: column } = options;
  const files = await readBarFiles(paths, options, terminal, true);
  const closes =
    column === undefined
      ? undefined
      : await readBarFiles(paths, { ...options, columns: withClose(options.columns, column) }, terminal, true);
  return files.map((file, i) => {
    const { symbol, calendar, timeframe, bars } = file;
    const scaled =
      closes === undefined || column === undefined
        ? { bars, done: [] }
        : scaleToClose(bars, closes[i].bars.close, column);
    return {
      name: paths[i],
      instrument: instrumentOf({ symbol, calendar }, options),
      timeframe,
      ...scaled,
      source: { ...sourceOf(paths[i], file, options), checks: defectCounts(checkQuality(bars, file)), droppedBars: 0 },
    };
  });
}

/** `--columns` with another close. */
function withClose(columns: string | undefined, column: string): string {
  const others = (columns ?? "").split(",").filter((pair) => pair !== "" && !/^\s*close\s*=/.test(pair));
  return [...others, `close=${column}`].join(",");
}

/** Options that say how files are read and what their instruments are: a stored market knows both. */
const ofFiles = {
  columns: "--columns",
  timeZone: "--time-zone",
  serverTime: "--server-time",
  timeframe: "--timeframe",
  calendar: "--calendar",
  currency: "--currency",
  lotStep: "--lot-step",
  contractSize: "--contract-size",
  assetClass: "--asset-class",
  pipSize: "--pip-size",
  tickSize: "--tick-size",
} as const satisfies Partial<Record<keyof MarketOptions, string>>;

async function fromStore(
  { stored = "", store, licence, adjustment }: RepairOptions,
  given: (option: keyof typeof ofFiles) => boolean,
): Promise<Given[]> {
  const names = Object.keys(ofFiles) as (keyof typeof ofFiles)[];
  const flag = names.find((name) => given(name));
  if (flag !== undefined) {
    throw new Failure("cli/bad-option", `${ofFiles[flag]} is of files, and --stored ${stored} knows its own`);
  }
  const { series, dataHash } = await openBarStore(store).summary(stored);
  const { instruments, bars, timeframe } = await openBarStore(store).load(stored);
  return instruments.map((one, i) => {
    const { source } = series[i];
    return {
      name: `${one.symbol} of the market ${stored}`,
      instrument: one,
      timeframe,
      bars: bars[i],
      done: [],
      source: {
        ...source,
        licence: licence ?? source.licence,
        adjustment: adjustment ?? source.adjustment,
        notes: [...source.notes, `Mended from the market ${stored} with the data hash ${dataHash.slice(0, 12)}.`],
      },
    };
  });
}

function mend(given: Given, ways: readonly RepairWay[], splits: readonly NamedSplit[]): Given {
  const { symbol, calendar } = given.instrument;
  const market = { timeframe: given.timeframe, calendar };
  const kept = repair(given.bars, ways, market);
  const adjusted = adjustSplits(
    kept.bars,
    splits.filter((split) => split.symbol === symbol),
  );
  checkUsable(given.name, checkQuality(adjusted.bars, market));
  return { ...given, bars: adjusted.bars, done: [...given.done, ...kept.done, ...adjusted.done] };
}

function checkSymbols(splits: readonly NamedSplit[], series: readonly Given[]): void {
  const symbols = series.map(({ instrument: { symbol } }) => symbol);
  const stranger = splits.find(({ symbol }) => !symbols.includes(symbol));
  if (stranger !== undefined) {
    const found = `--adjust-split names ${stranger.symbol}, and there is ${symbols.join(", ")}`;
    throw new Failure("cli/bad-option", found, { symbol: stranger.symbol });
  }
  const twice = splits.find(
    ({ symbol, day: on }, at) => splits.findIndex((one) => one.symbol === symbol && one.day === on) < at,
  );
  if (twice === undefined) return;
  throw new Failure("cli/bad-option", `--adjust-split names ${twice.symbol}@${twice.day} twice`);
}

function collectSplit(text: string, before: readonly NamedSplit[]): NamedSplit[] {
  const [, symbol, on, fresh, old = "1"] = /^(.+)@([^@=]+)=([\d.]+)(?::([\d.]+))?$/.exec(text) ?? [];
  const ratio = Number(fresh) / Number(old);
  if (symbol === undefined || !(ratio > 0 && ratio < Infinity) || ratio === 1) {
    throw new InvalidArgumentError("It must be SYMBOL@DAY=RATIO, e.g. AAPL@2020-08-31=4 or XYZ@2021-05-03=3:2.");
  }
  return [...before, { symbol, day: isoDay(on), ratio }];
}
