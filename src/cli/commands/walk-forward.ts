/** @file `ploutos walk-forward`: every fold trained anew on its past, judged on what came after. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { agentNames } from "#training/agents.ts";
import { experiment } from "#training/experiment.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, settingsFrom, wholeNumber, wholeNumbers } from "../command.ts";
import { showVerdict } from "../judged.ts";
import { runId } from "../run-id.ts";
import type { FoldLengths } from "../walk-forward-job.ts";
import { dailyFolds, proportionalFolds, runWalkForward } from "../walk-forward-job.ts";
import { qualityOf } from "./backtest.ts";

interface WalkForwardOptions extends CommonOptions {
  readonly market: string;
  readonly agent: string;
  readonly seeds?: number[];
  readonly trainBars?: number;
  readonly validationBars?: number;
  readonly testBars?: number;
  readonly embargoBars?: number;
  readonly rolling: boolean;
  readonly transitions?: number;
  readonly workers?: number;
  readonly out?: string;
  readonly config?: string;
  readonly set: string[];
  readonly featureFile: string[];
}

export function walkForwardCommand(): Command {
  return command(
    "walk-forward",
    "Trains an agent anew for each fold, trades it through all test spans, and judges it against simple rules.",
    "ploutos walk-forward --market my-stocks --agent ppo --seeds 1,2,3,4,5",
  )
    .requiredOption("--market <name>", "an imported market")
    .option("--agent <name>", `algorithm: ${agentNames.join(", ")}`, "ppo")
    .option("--seeds <numbers>", "seeds, with commas (default: three from --seed on)", wholeNumbers)
    .option("--train-bars <number>", "bars to learn from (default: 30 % of all)", wholeNumber)
    .option("--validation-bars <number>", "bars to choose the best parameters by (default: 5 % of all)", wholeNumber)
    .option("--test-bars <number>", "bars to be judged on, per fold (default: 10 % of all)", wholeNumber)
    .option(
      "--embargo-bars <number>",
      `bars left out between the parts (default: ${dailyFolds.embargoBars})`,
      wholeNumber,
    )
    .option("--rolling", "keep the training part's length instead of its beginning", false)
    .option("--transitions <number>", "env steps of each training", wholeNumber)
    .option("--workers <number>", "trainings at the same time (default: one for each core)", wholeNumber)
    .option("--out <folder>", "folder of the report (default: runs/<id>)")
    .option("--config <file>", "settings of the experiment as JSON")
    .option("--set <name=value>", "one setting, e.g. ppo.learningRate=0.001; may be repeated", collect, [])
    .option("--feature-file <file>", "a feature of your own beside the set; may be repeated", collect, [])
    .action(
      action<WalkForwardOptions>(async ({ options, terminal }) => {
        const { market, seed, transitions } = options;
        const settings = settingsFrom(options.config, options.set, options.featureFile);
        const universe = await openBarStore(options.store).load(market);
        const usual = proportionalFolds(universe.openTime.length);
        const lengths: FoldLengths = {
          trainBars: options.trainBars ?? usual.trainBars,
          validationBars: options.validationBars ?? usual.validationBars,
          testBars: options.testBars ?? usual.testBars,
          embargoBars: options.embargoBars ?? usual.embargoBars,
          mode: options.rolling ? "rolling" : "expanding",
        };
        if (lengths.validationBars < 2) throw new Failure("cli/bad-option", "--validation-bars must be at least 2");
        if (lengths.trainBars < 1 || lengths.testBars < 2) {
          throw new Failure("cli/bad-option", "--train-bars must be at least 1, --test-bars at least 2");
        }
        const seeds = options.seeds ?? [seed, seed + 1, seed + 2];
        const id = runId(systemClock, "walk-forward");
        const { data, page, scaling } = await runWalkForward(
          {
            universe,
            settings: experiment({
              seed,
              ...settings,
              agent: options.agent,
              ...(transitions === undefined ? {} : { transitions }),
            }),
            lengths,
            seeds,
            workers: options.workers,
            out: options.out ?? join("runs", id),
            runId: id,
            command: `ploutos walk-forward --market ${market} --seeds ${seeds.join(",")}`,
            source: `market ${market}`,
            quality: qualityOf(universe),
            warnings: [],
          },
          terminal,
        );
        showVerdict(terminal, data, page, scaling);
      }),
    );
}
