/** @file `ploutos train`: one training run, from a market to a model. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { experiment } from "#training/experiment.ts";
import { readRun } from "#training/run-folder.ts";
import type { RunConfig } from "#training/run.ts";
import { runConfigSchema, trainRun } from "#training/run.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, isoDay, settingsFrom, wholeNumber } from "../command.ts";
import { interruptible } from "../interrupt.ts";
import { runId } from "../run-id.ts";
import { fixed } from "../terminal.ts";

interface TrainOptions extends CommonOptions {
  readonly market?: string;
  readonly agent: string;
  readonly from?: string;
  readonly until?: string;
  readonly transitions?: number;
  readonly out?: string;
  readonly resume: boolean;
  readonly config?: string;
  readonly set: string[];
  readonly featureFile: string[];
}

export function trainCommand(): Command {
  return command(
    "train",
    "Trains an agent on an imported market and writes its model. Ctrl-C writes a checkpoint; --resume goes on from it.",
    "ploutos train --market my-stocks --agent ppo --until 2019-12-31 --out runs/first\nploutos train --resume --out runs/first",
  )
    .option("--market <name>", "an imported market")
    .option("--agent <name>", "algorithm: ppo", "ppo")
    .option("--from <day>", "first day to train on", isoDay)
    .option("--until <day>", "last day to train on; nothing later is looked at", isoDay)
    .option("--transitions <number>", "env steps to train for", wholeNumber)
    .option("--out <folder>", "folder of the run (default: runs/<id>)")
    .option("--resume", "go on with the run in --out", false)
    .option("--config <file>", "settings of the experiment as JSON")
    .option("--set <name=value>", "one setting, e.g. ppo.learningRate=0.001; may be repeated", collect, [])
    .option("--feature-file <file>", "a feature of your own beside the set; may be repeated", collect, [])
    .action(
      action<TrainOptions>(async ({ options, terminal }) => {
        const path = options.out ?? join("runs", runId(systemClock, "train"));
        const config = options.resume ? await storedConfig(options) : newConfig(options);
        const universe = await openBarStore(options.store).load(config.market);
        const { transitions, agent } = config.experiment;
        terminal.say(
          `Training ${agent.toUpperCase()} on ${config.market} for ${transitions.toLocaleString("en")} steps in ${path}`,
        );
        const bar = terminal.progress("training", transitions);
        const run = await interruptible((signal) =>
          trainRun({
            path,
            universe,
            config,
            resume: options.resume,
            clock: systemClock,
            signal,
            onProgress: (done, { entropy, episodeReturn }) =>
              bar.update(
                done,
                `entropy ${fixed(entropy)}${episodeReturn === undefined ? "" : `, episode return ${fixed(episodeReturn, 3)}`}`,
              ),
          }),
        ).finally(() => bar.stop());
        if (run.interrupted) {
          process.exitCode = 130;
          terminal.result(
            run,
            `Interrupted after ${run.transitions} steps. Go on with: ploutos train --resume --out ${path}`,
          );
          return;
        }
        const text = [
          ...(run.alreadyFinished ? ["This run was finished already; nothing was learned."] : []),
          `Best on the validation span after ${run.validation.transitions.toLocaleString("en")} steps: ${(1e4 * run.validation.meanReward).toFixed(2)} bps a bar after costs`,
          `Model: ${join(path, "model")}`,
          `Now judge it on bars it has not seen: ploutos backtest ${path} --from DAY`,
        ].join("\n");
        terminal.result(run, text);
      }),
    );
}

function newConfig(options: TrainOptions): RunConfig {
  if (options.market === undefined) throw new Failure("cli/bad-option", "train needs --market NAME");
  const settings = settingsFrom(options.config, options.set, options.featureFile);
  const { agent, seed, transitions } = options;
  const merged = { seed, ...settings, agent, ...(transitions === undefined ? {} : { transitions }) };
  return parsedConfig({
    market: options.market,
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.until === undefined ? {} : { until: options.until }),
    experiment: experiment(merged),
  });
}

async function storedConfig({ out, featureFile }: TrainOptions): Promise<RunConfig> {
  if (out === undefined) throw new Failure("cli/bad-option", "--resume needs --out FOLDER, the run to go on with");
  if (featureFile.length > 0) {
    throw new Failure(
      "cli/bad-option",
      "--resume goes on with the feature files that the run keeps; leave --feature-file out",
    );
  }
  return parsedConfig((await readRun(out)).config);
}

function parsedConfig(config: unknown): RunConfig {
  const parsed = runConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Failure("config/invalid", issues.join("; "));
}
