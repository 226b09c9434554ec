/** @file `ploutos train`: one training run, from a market to a model. */
import type { Command } from "commander";
import { join } from "node:path";
import type { IterationMetrics } from "#agents/agent.ts";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { Device } from "#tensor/onnx/session.ts";
import type { AgentName } from "#training/agents.ts";
import type { DryRun } from "#training/dry-run.ts";
import { dryRun } from "#training/dry-run.ts";
import { experiment } from "#training/experiment.ts";
import type { PresetName } from "#training/presets.ts";
import { gib } from "#training/memory.ts";
import { stillTerms } from "#training/reward-deviations.ts";
import { readRun } from "#training/run-folder.ts";
import type { RunConfig, TrainedRun } from "#training/run.ts";
import { trainRun } from "#training/run.ts";
import { knownBars } from "#training/run-split.ts";
import { agentOption, deviceOption, presetOption } from "../agent-option.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, settingsFrom, wholeNumber } from "../command.ts";
import { interruptible } from "../interrupt.ts";
import { runId } from "../run-id.ts";
import { saturationWarning } from "../scaling.ts";
import type { SplitOptions } from "../split-options.ts";
import { describedParts, parsedConfig, splitAsked, withSplitOptions } from "../split-options.ts";
import type { Terminal } from "../terminal.ts";
import { duration, fixed, percent, shownWhile, table } from "../terminal.ts";

interface TrainOptions extends CommonOptions, SplitOptions {
  readonly market?: string;
  readonly preset?: PresetName;
  readonly agent?: AgentName;
  readonly device?: Device;
  readonly transitions?: number;
  readonly out?: string;
  readonly resume: boolean;
  readonly dryRun: boolean;
  readonly config?: string;
  readonly set: string[];
  readonly featureFile: string[];
}

export function trainCommand(): Command {
  return withSplitOptions(
    command(
      "train",
      "Trains an agent on an imported market and writes its model. Ctrl-C writes a checkpoint; --resume goes on from it.",
      "ploutos train --market my-stocks --agent ppo --until 2019-12-31 --out runs/first\nploutos train --resume --out runs/first",
    )
      .option("--market <name>", "an imported market")
      .addOption(presetOption())
      .addOption(agentOption())
      .addOption(deviceOption()),
  )
    .option("--transitions <number>", "env steps to train for", wholeNumber)
    .option("--out <folder>", "folder of the run (default: runs/<id>)")
    .option("--resume", "go on with the run in --out", false)
    .option(
      "--dry-run",
      "learn for a few seconds or one iteration, and say what the training would take; nothing is written",
      false,
    )
    .option("--config <file>", "settings of the experiment as JSON")
    .option("--set <name=value>", "one setting, e.g. ppo.learningRate=0.001; may be repeated", collect, [])
    .option("--feature-file <file>", "a feature of your own beside the set; may be repeated", collect, [])
    .action(
      action<TrainOptions>(async ({ options, terminal }) => {
        const path = options.out ?? join("runs", runId(systemClock, "train"));
        const config = options.resume ? await storedConfig(options) : newConfig(options);
        // Cut here already: what is later than the run may know is not kept while it trains.
        const universe = knownBars(await openBarStore(options.store).load(config.market), config);
        const { transitions, agent } = config.experiment;
        if (options.dryRun)
          return showDryRun(terminal, config, await shownWhile(terminal, "measuring", () => dryRun(universe, config)));
        terminal.say(
          `Training ${agent.toUpperCase()} on ${config.market} for ${transitions.toLocaleString("en")} steps in ${path}`,
        );
        let bar: ReturnType<typeof terminal.progress> | undefined;
        let lastValidation = "";
        const run = await interruptible((signal) =>
          trainRun({
            path,
            universe,
            config,
            resume: options.resume,
            clock: systemClock,
            signal,
            onParts: (parts) => {
              terminal.say(describedParts(parts, config));
              bar = terminal.progress("training", transitions);
            },
            onProgress: (done, metrics) => {
              const { validationReward } = metrics;
              if (validationReward !== undefined) lastValidation = `validation ${inBps(validationReward)} bps a bar`;
              bar?.update(done, [described(metrics), lastValidation].filter((text) => text !== "").join(", "));
            },
            onAlarm: ({ kind, message }) => terminal.warn(`${kind}: ${message}`),
          }),
        ).finally(() => bar?.stop());
        if (run.interrupted) {
          if (!run.stopAsked) process.exitCode = 130;
          terminal.result(
            run,
            `Interrupted after ${run.transitions} steps. Go on with: ploutos train --resume --out ${path}`,
          );
          return;
        }
        const text = [
          ...(run.alreadyFinished ? ["This run was finished already; nothing was learned."] : []),
          ...(run.stoppedEarly
            ? [`Stopped early after ${run.transitions.toLocaleString("en")} steps: the validation span got no better.`]
            : []),
          `Best on the validation span after ${run.validation.transitions.toLocaleString("en")} steps: ${inBps(run.validation.meanReward)} bps a bar after costs`,
          ...run.alarms.map(
            ({ kind, message, transitions: at }) =>
              `Warning (${kind}, after ${at.toLocaleString("en")} steps): ${message}.`,
          ),
          ...[saturationWarning(run.saturation), stillTerms(run.rewardDeviations)].filter(
            (warning) => warning !== undefined,
          ),
          ...confidenceLines(run.model?.confidence),
          `Model: ${join(path, "model")}`,
          `Now judge it on bars it has not seen: ploutos backtest ${path}${(config.split ?? config.until) === undefined ? " --from DAY" : ""}`,
        ].join("\n");
        terminal.result(run, text);
      }),
    );
}

function newConfig(options: TrainOptions): RunConfig {
  if (options.market === undefined) throw new Failure("cli/bad-option", "train needs --market NAME");
  const settings = settingsFrom(options);
  const { agent, seed, transitions, device } = options;
  const asked = Object.entries({ agent, transitions, device }).filter(([, value]) => value !== undefined);
  const merged = { seed, ...settings, ...Object.fromEntries(asked) };
  return parsedConfig({ market: options.market, ...splitAsked(options), experiment: experiment(merged) });
}

function showDryRun(terminal: Terminal, { experiment: { agent, transitions } }: RunConfig, found: DryRun): void {
  const { parameters, inputs, memory, stepsPerSecond, secondsToFinish, passes, secondsOfALook } = found;
  const rows = [
    ["parameters of the network that acts", parameters.toLocaleString("en")],
    ["it sees", `${inputs.market.toLocaleString("en")} numbers of the market, ${inputs.account} of the account`],
    ["memory: table of features", gib(memory.table)],
    ["memory: the learner's arrays, when full", gib(memory.arrays)],
    ["memory: the program now, of what there is", `${gib(memory.measured)} of ${gib(memory.available)}`],
    ["env steps a second", Math.round(stepsPerSecond).toLocaleString("en")],
    ["a look at both spans", `${secondsOfALook.toFixed(1)} s`],
    [`time for ${transitions.toLocaleString("en")} steps`, duration(secondsToFinish)],
    ["each training bar is lived through", `${passes.toFixed(1)} times`],
  ];
  terminal.result({ agent, transitions, ...found }, table([agent.toUpperCase(), ""], rows));
}

/** The reliability curve in a line: how sure it was beside how often that was right. */
function confidenceLines(found: NonNullable<TrainedRun["model"]>["confidence"]): string[] {
  if (found === undefined) return [];
  const { decisions, error, reliability, mended, method } = found;
  const ends = [reliability[0], reliability[reliability.length - 1]];
  const [least, most] = ends.map(
    ({ confidence, right }) => `${percent(confidence, 0)} sure, right ${percent(right, 0)}`,
  );
  return [
    `Confidence on the validation span: ${decisions.toLocaleString("en")} held choices, off by ${percent(error, 0)} on average (least ${least}; most ${most})${mended === undefined ? "" : `; after ${method} calibration off by ${percent(mended.error, 0)} on bars that it was not fitted on`}`,
  ];
}

function inBps(meanReward: number): string {
  return (1e4 * meanReward).toFixed(2);
}

/** What most says how learning goes; not every agent has it. */
function described({ entropy, episodeReturn }: IterationMetrics): string {
  const shown = [
    entropy === undefined ? "" : `entropy ${fixed(entropy)}`,
    episodeReturn === undefined ? "" : `episode return ${fixed(episodeReturn, 3)}`,
  ];
  return shown.filter((text) => text !== "").join(", ");
}

/** A run goes on as it was begun: what is asked for anew would not be done. */
const settled = ["market", "from", "until", "split", "validateFrom", "purgeBars", "embargoBars"] as const;

async function storedConfig(options: TrainOptions): Promise<RunConfig> {
  const { out, featureFile } = options;
  if (out === undefined) throw new Failure("cli/bad-option", "--resume needs --out FOLDER, the run to go on with");
  if (featureFile.length > 0) {
    throw new Failure(
      "cli/bad-option",
      "--resume goes on with the feature files that the run keeps; leave --feature-file out",
    );
  }
  const config = parsedConfig((await readRun(out)).config);
  const changed = settled.find((name) => options[name] !== undefined && options[name] !== config[name]);
  if (changed === undefined) return config;
  const flag = `--${changed.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const found = `${flag} is ${options[changed]}, and --resume goes on with what the run began with (${config[changed] ?? "none"})`;
  throw new Failure("cli/bad-option", found);
}
