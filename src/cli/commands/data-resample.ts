/** @file `ploutos data resample`: an imported market in longer bars, as a market of its own. */
import type { Command } from "commander";
import { Failure } from "#base/failure.ts";
import { alignUniverse } from "#data/align.ts";
import { resample } from "#domain/resample.ts";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { day, eachShown, shownWhile } from "../terminal.ts";

interface ResampleOptions extends CommonOptions {
  readonly market: string;
  readonly to: string;
  readonly as: string;
}

export function dataResampleCommand(): Command {
  return command(
    "resample",
    "Makes a market of longer bars from an imported one; days are the sessions of its calendar.",
    "ploutos data resample --market my-minutes --to 1h --as my-hours",
  )
    .requiredOption("--market <name>", "an imported market")
    .requiredOption("--to <length>", `length of the longer bars: ${Object.keys(timeframeMs).join(", ")}`)
    .requiredOption("--as <name>", "name of the new market; one that exists is replaced, whole or not at all")
    .action(
      action<ResampleOptions>(async ({ options, terminal }) => {
        const lengths = Object.keys(timeframeMs) as Timeframe[];
        const to = lengths.find((length) => length === options.to);
        if (to === undefined || options.as === options.market) {
          const found = to === undefined ? `--to is ${options.to}` : `--as and --market are both ${options.as}`;
          throw new Failure("cli/bad-option", `${found}; --to is one of ${lengths.join(", ")}, --as a new name`);
        }
        const store = openBarStore(options.store);
        const { series: stored } = await store.summary(options.market);
        const {
          instruments,
          bars,
          timeframe: from,
        } = await shownWhile(terminal, "loading", () => store.load(options.market));
        const longer = eachShown(terminal, "resampling", instruments, {
          nameOf: ({ symbol }) => symbol,
          work: ({ calendar }, i) => resample(bars[i], { from, to, calendar }),
        });
        const series = instruments.map((instrument, i) => ({ instrument, bars: longer[i].bars, timeframe: to }));
        const { universe, droppedBars } = alignUniverse(options.as, series);
        const sources = stored.map(({ source }, i) => ({
          ...source,
          notes: [...source.notes, noteOf(from, to, options.market, longer[i].outsideBars)],
          droppedBars: droppedBars[i],
        }));
        const summary = await shownWhile(terminal, "storing", () => store.save(universe, sources));
        const text = [
          ...instruments.map(({ symbol }, i) => `  ${symbol}: ${sources[i].notes.at(-1)}`),
          `Market ${options.as}: ${universe.openTime.length} bars of ${to}, ${day(summary.firstTime)} to ${day(summary.lastTime)}`,
        ].join("\n");
        terminal.result(summary, text);
      }),
    );
}

function noteOf(from: Timeframe, to: Timeframe, market: string, outsideBars: number): string {
  const outside = outsideBars === 0 ? "" : `; ${outsideBars} bars at which the market was closed were left out`;
  return `Made into bars of ${to} from bars of ${from} of the market ${market}${outside}.`;
}
