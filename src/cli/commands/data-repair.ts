/** @file `ploutos data repair`: files of bars mended in the ways that are named and in no other, as a market. */
import type { Command } from "commander";
import { Failure } from "#base/failure.ts";
import { alignUniverse } from "#data/align.ts";
import { checkQuality, defectCounts } from "#data/quality.ts";
import type { RepairWay } from "#data/repair.ts";
import { checkUsable, repair, repairWays } from "#data/repair.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { MarketOptions } from "../bar-files.ts";
import { instrumentOf, readBarFiles, sourceOf, withMarketOptions } from "../bar-files.ts";
import { action, command } from "../command.ts";
import { day } from "../terminal.ts";

type RepairOptions = MarketOptions & Readonly<Record<RepairWay, boolean>>;

export function dataRepairCommand(): Command {
  return withMarketOptions(
    command(
      "repair <files...>",
      "Imports files with defects, mending what is named and nothing else; the files stay as they are.",
      "ploutos data repair prices/*.csv --drop-duplicates --sort --market my-stocks",
    ),
  )
    .option("--drop-duplicates", "of bars that open at the same time keep the first", false)
    .option("--drop-zero", "drop bars with a price that is zero, negative or no number", false)
    .option("--drop-broken", "drop bars that break low <= open, close <= high", false)
    .option("--drop-outside", "drop bars at which the market was closed", false)
    .action(
      action<RepairOptions>(async ({ options, terminal, args }) => {
        const ways = (Object.keys(repairWays) as RepairWay[]).filter((way) => options[way]);
        if (ways.length === 0) {
          throw new Failure(
            "cli/bad-option",
            "data repair was not told what to mend, e.g. --drop-duplicates or --sort",
          );
        }
        const files = await readBarFiles(args, options, terminal, true);
        const mended = files.map((file, i) => {
          const { bars, done } = repair(file.bars, ways, file);
          const report = checkQuality(bars, file);
          checkUsable(args[i], report);
          return { file, bars, done, before: defectCounts(checkQuality(file.bars, file)), report };
        });
        const { universe, droppedBars } = alignUniverse(
          options.market,
          mended.map(({ file: { symbol, calendar, timeframe }, bars }) => ({
            instrument: instrumentOf({ symbol, calendar }, options),
            bars,
            timeframe,
          })),
        );
        const sources = mended.map(({ file, done, before }, i) => ({
          ...sourceOf(args[i], file, options),
          checks: before,
          repairs: done,
          droppedBars: droppedBars[i],
        }));
        const summary = await openBarStore(options.store).save(universe, sources);
        const text = [
          ...mended.flatMap(({ file: { symbol }, done }) =>
            done.length === 0 ? [`  ${symbol}: Nothing to mend.`] : done.map((line) => `  ${symbol}: ${line}`),
          ),
          `Market ${options.market}: ${universe.openTime.length} bars of ${mended.length} instrument(s), ${day(summary.firstTime)} to ${day(summary.lastTime)}`,
        ].join("\n");
        terminal.result(summary, text);
      }),
    );
}
