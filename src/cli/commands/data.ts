/** @file `ploutos data`: bars in, listed and checked. */
import { Command } from "commander";
import { basename } from "node:path";
import { Failure } from "#base/failure.ts";
import { alignUniverse } from "#data/align.ts";
import type { BarsFile } from "#data/bars-file.ts";
import { readBarsFile } from "#data/bars-file.ts";
import { checkQuality, describeQuality } from "#data/quality.ts";
import { readMt5File } from "#data/sources/mt5.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { Timeframe } from "#domain/bar.ts";
import { calendarNames, instrument } from "#domain/instrument.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { CommonOptions } from "../command.ts";
import { action, command, positiveNumber } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { day, table } from "../terminal.ts";
import { dataDownloadTicksCommand } from "./data-download-ticks.ts";
import { dataDownloadCommand } from "./data-download.ts";
import { dataResampleCommand } from "./data-resample.ts";

interface FileOptions extends CommonOptions {
  readonly columns?: string;
  readonly timeZone?: string;
  readonly serverTime?: string;
  readonly timeframe?: string;
  readonly calendar?: string;
  readonly sort: boolean;
  readonly allowBroken: boolean;
}

interface ImportOptions extends FileOptions {
  readonly market: string;
  readonly currency: string;
  readonly lotStep: number;
  readonly contractSize: number;
}

export function dataCommand(): Command {
  return new Command("data")
    .description("Imports, downloads, lists and checks market data.")
    .addHelpText("after", "\nExample:\n  ploutos data import prices/*.csv.gz --market my-stocks")
    .addCommand(importCommand())
    .addCommand(dataDownloadCommand())
    .addCommand(dataDownloadTicksCommand())
    .addCommand(listCommand())
    .addCommand(checkCommand())
    .addCommand(dataResampleCommand());
}

function withFileOptions(given: Command): Command {
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
    .option("--sort", "sort rows that are out of order instead of refusing them", false)
    .option("--allow-broken", "keep bars that break low <= open, close <= high", false);
}

function readAll(files: readonly string[], options: FileOptions, terminal: Terminal): Promise<BarsFile[]> {
  const oneOf = <Value extends string>(name: string, value: string | undefined, list: readonly Value[]) => {
    const found = list.find((allowed) => allowed === value);
    if (value === undefined || found !== undefined) return found;
    throw new Failure("cli/bad-option", `--${name} is ${value}, and must be one of ${list.join(", ")}`);
  };
  const reading = {
    columns: options.columns,
    timeZone: options.timeZone,
    timeframe: oneOf("timeframe", options.timeframe, Object.keys(timeframeMs) as Timeframe[]),
    calendar: oneOf("calendar", options.calendar, calendarNames),
    sort: options.sort,
    allowBroken: options.allowBroken,
  };
  const { serverTime } = options;
  if (serverTime !== undefined && options.timeZone !== undefined) {
    throw new Failure("cli/bad-option", "--server-time names the zone of the times, and so does --time-zone: give one");
  }
  const readOne = (file: string): Promise<BarsFile> =>
    serverTime === undefined ? readBarsFile(file, reading) : readMt5File(file, { ...reading, serverTime });
  const bar = terminal.progress("reading", files.length);
  const all = async (): Promise<BarsFile[]> => {
    const read: BarsFile[] = [];
    for (const [at, file] of files.entries()) {
      bar.update(at, basename(file));
      read.push(await readOne(file));
    }
    return read;
  };
  return all().finally(() => bar.stop());
}

function importCommand(): Command {
  return withFileOptions(
    command(
      "import <files...>",
      "Imports files of bars, CSV (plain or gzip) or Parquet, one instrument each, as one market.",
      "ploutos data import prices/*.csv.gz --market my-stocks",
    ),
  )
    .requiredOption("--market <name>", "name of the market; one that exists is replaced, whole or not at all")
    .option("--currency <code>", "currency of the prices", "USD")
    .option("--lot-step <units>", "smallest tradable step in units", positiveNumber, 0.000001)
    .option("--contract-size <units>", "value of one unit at a price of 1", positiveNumber, 1)
    .action(
      action<ImportOptions>(async ({ options, terminal, args }) => {
        const files = await readAll(args, options, terminal);
        const { currency, lotStep, contractSize } = options;
        const { universe, droppedBars } = alignUniverse(
          options.market,
          files.map(({ symbol, bars, timeframe, calendar }) => ({
            instrument: instrument(symbol, { calendar, currency, lotStep, contractSize }),
            bars,
            timeframe,
          })),
        );
        const sources = files.map(({ sha256, notes }, i) => ({
          file: basename(args[i]),
          sha256,
          notes,
          droppedBars: droppedBars[i],
        }));
        const summary = await openBarStore(options.store).save(universe, sources);
        const reports = files.map(({ bars, timeframe, calendar }) => checkQuality(bars, { timeframe, calendar }));
        const rows = files.map(({ symbol, bars, timeframe, calendar }, i) => [
          symbol,
          `${bars.openTime.length}`,
          `${droppedBars[i]}`,
          timeframe,
          calendar,
          reports[i].clean ? "none" : "see data check",
        ]);
        const notes = files.flatMap(({ symbol, notes: found }) => found.map((note) => `  ${symbol}: ${note}`));
        const text = [
          table(["instrument", "bars", "not shared", "timeframe", "calendar", "defects"], rows),
          ...notes,
          `Market ${options.market}: ${universe.openTime.length} bars of ${files.length} instrument(s), ${day(summary.firstTime)} to ${day(summary.lastTime)}`,
        ].join("\n");
        terminal.result(summary, text);
      }),
    );
}

function listCommand(): Command {
  return command("list", "Lists the imported markets.", "ploutos data list --json").action(
    action<CommonOptions>(async ({ options, terminal }) => {
      const markets = await openBarStore(options.store).list();
      const rows = markets.map(({ name, timeframe, firstTime, lastTime, series }) => [
        name,
        `${series.length}`,
        `${series[0].rows}`,
        timeframe,
        day(firstTime),
        day(lastTime),
      ]);
      const none = "No market has been imported yet: `ploutos data import FILES --market NAME`";
      const text = rows.length === 0 ? none : table(["market", "instruments", "bars", "timeframe", "from", "to"], rows);
      terminal.result({ markets }, text);
    }),
  );
}

function checkCommand(): Command {
  return withFileOptions(
    command(
      "check [files...]",
      "Counts and shows defects of a market or of files.",
      "ploutos data check --market my-stocks",
    ),
  )
    .option("--market <name>", "an imported market")
    .action(
      action<FileOptions & { readonly market?: string }>(async ({ options, terminal, args }) => {
        if ((options.market === undefined) === (args.length === 0)) {
          throw new Failure("cli/bad-option", "data check takes either files or --market NAME");
        }
        const series =
          options.market === undefined
            ? await readAll(args, options, terminal)
            : await stored(options.market, options.store);
        const reports = series.map(({ symbol, bars, timeframe, calendar }) => ({
          symbol,
          report: checkQuality(bars, { timeframe, calendar }),
        }));
        const text = reports.map(({ symbol, report }) => `${symbol}: ${describeQuality(report)}`).join("\n\n");
        terminal.result({ reports }, text);
      }),
    );
}

async function stored(
  market: string,
  store: string,
): Promise<Pick<BarsFile, "symbol" | "bars" | "timeframe" | "calendar">[]> {
  const { instruments, bars, timeframe } = await openBarStore(store).load(market);
  return instruments.map(({ symbol, calendar }, i) => ({ symbol, bars: bars[i], timeframe, calendar }));
}
