/** @file `ploutos demo`: the whole road on real bars that come with the program. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { alignUniverse } from "#data/align.ts";
import { checkQuality, defectCounts } from "#data/quality.ts";
import { sp500 } from "#data/sample.ts";
import { instrument } from "#domain/instrument.ts";
import { experiment } from "#training/experiment.ts";
import type { CommonOptions } from "../command.ts";
import { action, command, count } from "../command.ts";
import { dailyFolds, gapOf } from "../fold-options.ts";
import { showVerdict } from "../judged.ts";
import type { CountingOptions } from "../project.ts";
import { withCounting, withoutVault } from "../project.ts";
import { runId } from "../run-id.ts";
import { day } from "../terminal.ts";
import { runWalkForward } from "../walk-forward-job.ts";

interface DemoOptions extends CommonOptions, CountingOptions {
  readonly out?: string;
  readonly workers?: number;
  /** False with --no-verify. */
  readonly verify: boolean;
}

const seedsPerFold = 5;

export function demoCommand(): Command {
  return withCounting(
    command(
      "demo",
      "Trains PPO on 20 years of the S&P 500 by walk-forward, compares it with simple rules, and says whether it is any good.",
      "ploutos demo",
    ),
  )
    .option("--out <folder>", "folder of the report (default: runs/<id>)")
    .option("--workers <number>", "trainings at the same time (default: one for each core)", count)
    .option(
      "--no-verify",
      "do not look for leaks in the last fold's model; where some are found it ends with exit code 2",
    )
    .action(
      action<DemoOptions>(async ({ options, terminal }) => {
        const { symbol, bars, timeframe, calendar } = await sp500();
        const spx = instrument(symbol, { calendar });
        const aligned = alignUniverse("sp500", [{ instrument: spx, bars, timeframe }]);
        const { universe } = withoutVault(aligned.universe, options);
        const quality = checkQuality(bars, { timeframe, calendar });
        const last = universe.openTime.length - 1;
        terminal.say(
          `S&P 500: ${last + 1} daily bars, ${day(universe.openTime[0])} to ${day(universe.openTime[last])}; ${quality.clean ? "no defects" : "see the report for defects"}`,
        );
        const id = runId(systemClock, "demo");
        const settings = experiment({ seed: options.seed });
        const { data, page, scaling } = await runWalkForward(
          {
            universe,
            settings,
            folding: { plan: dailyFolds, gap: gapOf({}, [{ settings }]) },
            seeds: Array.from({ length: seedsPerFold }, (_, n) => options.seed + n),
            workers: options.workers,
            out: options.out ?? join("runs", id),
            runId: id,
            command: `ploutos demo --seed ${options.seed}`,
            source: "sp500-2000.csv of the npm package vega-datasets",
            quality: defectCounts(quality),
            project: options,
            verified: options.verify,
            warnings: [
              "The series is an index level: no dividends, and nothing that could be bought at that very price.",
            ],
          },
          terminal,
        );
        showVerdict(terminal, data, page, scaling);
      }),
    );
}
