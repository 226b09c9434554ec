/** @file `ploutos backtest`: a trained model on bars it has not seen, judged against the baselines. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { assess } from "#evaluation/assessment.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import type { StressPresetName } from "#market/stress/presets.ts";
import { action, command, typed } from "../command.ts";
import { showVerdict, writeReport } from "../judged.ts";
import { projectOf } from "../project.ts";
import { stressSummary } from "../stress-summary.ts";
import { runId } from "../run-id.ts";
import type { TestOptions } from "../tested-run.ts";
import { aboutRun, openTestedRun, stressedRun, stressOption, tradedOnce, withTestOptions } from "../tested-run.ts";
import { overlapsTraining, verificationOf } from "../trained-run.ts";

interface BacktestOptions extends TestOptions {
  readonly stress?: StressPresetName;
}

export function backtestCommand(): Command {
  return withTestOptions(
    command(
      "backtest <run>",
      "Trades a trained run's model over recorded bars and judges it against simple rules.",
      "ploutos backtest runs/first --from 2020-01-01",
    ),
  )
    .addOption(stressOption("also trades a stressed copy of the market and says what differs"))
    .action(
      action<BacktestOptions>(async ({ options, terminal, args: [path] }) => {
        const { seed, stress } = options;
        const tested = await openTestedRun(path, options);
        const { run, setting, scaling } = tested;
        const result = await tradedOnce(tested, options);
        const stressed = stress && (await stressedRun(tested, result, stress, seed));
        await run.policy.dispose();
        const id = runId(systemClock, "backtest");
        const assessed = await assess({
          setting,
          agent: { name: run.name, runs: [result], seeds: [run.config.experiment.seed] },
          folds: [],
          inSample: overlapsTraining(run),
          seed,
          // Quick: `evaluate` looks at the whole distribution.
          randomAgents: 20,
          ...projectOf(options, setting),
          about: aboutRun(tested, id, typed()),
        });
        const judged = { ...assessed, ...verificationOf(run) };
        const folder = join(path, "backtests", id);
        if (stress === undefined || stressed === undefined) {
          return showVerdict(terminal, judged, await writeReport(folder, judged), scaling);
        }
        const data = { ...judged, stress: { ...stressed, events: stressed.events.length, preset: stress, seed } };
        const page = await writeReport(folder, data);
        await writeFileWhole(join(folder, "stress.json"), JSON.stringify({ preset: stress, seed, ...stressed }));
        showVerdict(terminal, data, page, scaling, stressSummary(stress, stressed));
      }),
    );
}
