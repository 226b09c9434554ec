/** @file Files of bars as commands take them: the options that say how they are read, and reading them with a progress bar. */
import type { Command } from "commander";
import { basename } from "node:path";
import { Failure } from "#base/failure.ts";
import { guessAssetClass, guessCurrency, guessPipSize } from "#data/asset-class.ts";
import type { BarsFile } from "#data/bars-file.ts";
import { readBarsFile } from "#data/bars-file.ts";
import { readMt5File } from "#data/sources/mt5.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { Timeframe } from "#domain/bar.ts";
import type { Instrument } from "#domain/instrument.ts";
import { assetClasses, calendarNames, instrument } from "#domain/instrument.ts";
import type { BarSource } from "#storage/bar-store.ts";
import { positiveNumber } from "./command.ts";
import type { CommonOptions } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export interface FileOptions extends CommonOptions {
  readonly columns?: string;
  readonly timeZone?: string;
  readonly serverTime?: string;
  readonly timeframe?: string;
  readonly calendar?: string;
  readonly sort: boolean;
  readonly allowBroken?: boolean;
}

/** What a market is told about its instruments and where their bars come from. */
export interface MarketOptions extends FileOptions {
  readonly market: string;
  readonly currency?: string;
  readonly lotStep: number;
  readonly contractSize: number;
  readonly assetClass?: string;
  readonly pipSize?: number;
  readonly tickSize?: number;
  readonly licence?: string;
  readonly adjustment?: string;
}

/** Adds the options by which files of bars are read. */
export function withFileOptions(given: Command): Command {
  return given
    .option("--columns <names>", "columns that are not found by themselves: time=Date,open=Open,…")
    .option("--time-zone <zone>", "zone of times without an offset, e.g. America/New_York (default: UTC)")
    .option(
      "--server-time <rule>",
      "MetaTrader exports: the clock of the broker's server: american (most brokers), european, utc or a zone",
    )
    .option(
      "--timeframe <length>",
      `length of a bar: ${Object.keys(timeframeMs).join(", ")} (default: found from the times)`,
    )
    .option("--calendar <name>", `when it trades: ${calendarNames.join(", ")} (default: guessed from the times)`)
    .option("--sort", "sort rows that are out of order instead of refusing them", false);
}

function oneOf<Value extends string>(name: string, value: string | undefined, list: readonly Value[]) {
  const found = list.find((allowed) => allowed === value);
  if (value === undefined || found !== undefined) return found;
  throw new Failure("cli/bad-option", `--${name} is ${value}, and must be one of ${list.join(", ")}`);
}

/** The instrument of a file: what was named, and guesses from its symbol for the rest. */
export function instrumentOf(
  { symbol, calendar }: Pick<BarsFile, "symbol" | "calendar">,
  options: MarketOptions,
): Instrument {
  const { lotStep, contractSize, currency = guessCurrency(symbol) } = options;
  const assetClass = oneOf("asset-class", options.assetClass, assetClasses) ?? guessAssetClass(symbol, calendar);
  const pipSize = options.pipSize ?? guessPipSize(symbol, assetClass);
  // Pairs with pips are quoted in tenths of them.
  const { tickSize = pipSize === undefined ? 0.01 : pipSize / 10 } = options;
  const told = { calendar, currency, lotStep, contractSize, assetClass, tickSize };
  return instrument(symbol, { ...told, ...(pipSize && { pipSize }) });
}

/** Reads files of bars one after another, with a progress bar over their bytes. */
export function readBarFiles(
  files: readonly string[],
  options: FileOptions,
  terminal: Terminal,
  asTheyStand = false,
): Promise<BarsFile[]> {
  const reading = {
    columns: options.columns,
    timeZone: options.timeZone,
    timeframe: oneOf("timeframe", options.timeframe, Object.keys(timeframeMs) as Timeframe[]),
    calendar: oneOf("calendar", options.calendar, calendarNames),
    sort: options.sort,
    allowBroken: options.allowBroken,
    asTheyStand,
  };
  const { serverTime } = options;
  if (serverTime !== undefined && options.timeZone !== undefined) {
    throw new Failure("cli/bad-option", "--server-time names the zone of the times, and so does --time-zone: give one");
  }
  const bar = terminal.progress("reading", files.length);
  const readOne = (file: string, at: number): Promise<BarsFile> => {
    const progress = (done: number, total: number): void => bar.update(at + done / total, basename(file));
    const given = { ...reading, progress };
    return serverTime === undefined ? readBarsFile(file, given) : readMt5File(file, { ...given, serverTime });
  };
  const all = async (): Promise<BarsFile[]> => {
    const read: BarsFile[] = [];
    for (const [at, file] of files.entries()) {
      bar.update(at, basename(file));
      read.push(await readOne(file, at));
    }
    return read;
  };
  return all().finally(() => bar.stop());
}

/** Adds the options by which files become a market. */
export function withMarketOptions(given: Command): Command {
  return withFileOptions(given)
    .requiredOption("--market <name>", "name of the market; one that exists is replaced, whole or not at all")
    .option("--currency <code>", "currency of the prices (default: that of a currency pair, else USD)")
    .option("--asset-class <name>", `what it is: ${assetClasses.join(", ")} (default: guessed from the symbol)`)
    .option("--pip-size <price>", "price step that counts as a pip (default: that of a currency pair)", positiveNumber)
    .option("--tick-size <price>", "smallest price step (default: a tenth of a pip, else 0.01)", positiveNumber)
    .option("--lot-step <units>", "smallest tradable step in units", positiveNumber, 0.000001)
    .option("--contract-size <units>", "value of one unit at a price of 1", positiveNumber, 1)
    .option("--licence <text>", "under what terms the bars may be used; kept with the market")
    .option("--adjustment <text>", "what prices were adjusted for, e.g. splits; kept with the market");
}

/** Where a file's bars came from, for the manifest of a market. */
export function sourceOf(
  path: string,
  { sha256, notes }: BarsFile,
  { licence, adjustment, timeZone, serverTime }: MarketOptions,
): Omit<BarSource, "droppedBars"> {
  return { file: basename(path), sha256, notes, licence, adjustment, timeZone: serverTime ?? timeZone ?? "UTC" };
}
