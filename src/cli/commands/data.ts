/** @file `ploutos data`: bars in, listed and checked. */
import { Command } from "commander";
import { Failure } from "#base/failure.ts";
import { systemClock } from "#base/clock.ts";
import { readActionsFile } from "#data/actions-file.ts";
import { alignUniverse } from "#data/align.ts";
import type { BarsFile } from "#data/bars-file.ts";
import { checkQuality, defectCounts, describeQuality } from "#data/quality.ts";
import { stepValues } from "#domain/instrument.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { FileOptions, MarketOptions } from "../bar-files.ts";
import { instrumentOf, readBarFiles, sourceOf, withFileOptions, withMarketOptions } from "../bar-files.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { markedPlaces, qualityPage } from "../quality-page.ts";
import type { Terminal } from "../terminal.ts";
import { day, eachShown, shownWhile, table } from "../terminal.ts";
import { dataDownloadTicksCommand } from "./data-download-ticks.ts";
import { dataDownloadCommand } from "./data-download.ts";
import { dataImportFlowCommand } from "./data-import-flow.ts";
import { dataRepairCommand } from "./data-repair.ts";
import { dataResampleCommand } from "./data-resample.ts";
import { dataSynthesizeCommand } from "./data-synthesize.ts";

export function dataCommand(): Command {
  return new Command("data")
    .description("Imports, downloads, lists and checks market data.")
    .addHelpText("after", "\nExample:\n  ploutos data import prices/*.csv.gz --market my-stocks")
    .addCommand(importCommand())
    .addCommand(dataImportFlowCommand())
    .addCommand(dataDownloadCommand())
    .addCommand(dataDownloadTicksCommand())
    .addCommand(listCommand())
    .addCommand(checkCommand())
    .addCommand(dataRepairCommand())
    .addCommand(dataResampleCommand())
    .addCommand(dataSynthesizeCommand());
}

function importCommand(): Command {
  return withMarketOptions(
    command(
      "import <files...>",
      "Imports files of bars, CSV (plain or gzip) or Parquet, one instrument each, as one market.",
      "ploutos data import prices/*.csv.gz --market my-stocks",
    ),
  )
    .option("--allow-broken", "keep bars that break low <= open, close <= high", false)
    .option("--actions <file>", "splits and dividends of raw prices, CSV: symbol,date,split,dividend")
    .action(
      action<MarketOptions & { readonly actions?: string }>(async ({ options, terminal, args }) => {
        const files = await readBarFiles(args, options, terminal);
        const { universe: aligned, droppedBars } = alignUniverse(
          options.market,
          files.map(({ symbol, bars, timeframe, calendar }) => ({
            instrument: instrumentOf({ symbol, calendar }, options),
            bars,
            timeframe,
          })),
        );
        const symbols = files.map(({ symbol }) => symbol);
        const actions = options.actions === undefined ? undefined : await readActionsFile(options.actions, symbols);
        const universe = { ...aligned, ...(actions && { actions }) };
        const reports = eachShown(terminal, "checking", files, {
          nameOf: ({ symbol }) => symbol,
          work: ({ bars, timeframe, calendar }) => checkQuality(bars, { timeframe, calendar }),
        });
        const sources = files.map((file, i) => ({
          ...sourceOf(args[i], file, options),
          checks: defectCounts(reports[i]),
          droppedBars: droppedBars[i],
        }));
        const store = openBarStore(options.store);
        const summary = await shownWhile(terminal, "storing", () => store.save(universe, sources));
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
        `${Math.max(...series.map(({ measured = [] }) => measured.length)) || ""}`,
      ]);
      const none = "No market has been imported yet: `ploutos data import FILES --market NAME`";
      const text =
        rows.length === 0
          ? none
          : table(["market", "instruments", "bars", "timeframe", "from", "to", "measured"], rows);
      const told = markets.map((market) => ({
        ...market,
        series: market.series.map((one) => ({ ...one, ...stepValues(one.instrument) })),
      }));
      terminal.result({ markets: told }, text);
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
    .option("--allow-broken", "read bars that break low <= open, close <= high", false)
    .option("--market <name>", "an imported market")
    .option("--page <file>", "also write a page with the price and the defects marked on it")
    .action(
      action<FileOptions & { readonly market?: string; readonly page?: string }>(
        async ({ options, terminal, args }) => {
          if ((options.market === undefined) === (args.length === 0)) {
            throw new Failure("cli/bad-option", "data check takes either files or --market NAME");
          }
          const series =
            options.market === undefined
              ? await readBarFiles(args, options, terminal)
              : await stored(options.market, options.store, terminal);
          const listed = options.page === undefined ? undefined : markedPlaces;
          const checked = eachShown(terminal, "checking", series, {
            nameOf: ({ symbol }) => symbol,
            work: ({ symbol, bars, timeframe, calendar }) => ({
              symbol,
              bars,
              report: checkQuality(bars, { timeframe, calendar, listed }),
            }),
          });
          const reports = checked.map(({ symbol, report }) => ({ symbol, report }));
          const text = reports.map(({ symbol, report }) => `${symbol}: ${describeQuality(report)}`).join("\n\n");
          if (options.page !== undefined) {
            const title = (options.market ?? args.length === 1) ? "1 file" : `${args.length} files`;
            await writeFileWhole(options.page, qualityPage(title, checked, systemClock.now()));
            terminal.say(`Page: ${options.page}`);
          }
          terminal.result({ reports }, text);
        },
      ),
    );
}

async function stored(
  market: string,
  store: string,
  terminal: Terminal,
): Promise<Pick<BarsFile, "symbol" | "bars" | "timeframe" | "calendar">[]> {
  const { instruments, bars, timeframe } = await shownWhile(terminal, "loading", () =>
    openBarStore(store).load(market),
  );
  return instruments.map(({ symbol, calendar }, i) => ({ symbol, bars: bars[i], timeframe, calendar }));
}
