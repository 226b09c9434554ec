/** @file `ploutos train`: one training run, from a market to a model. */
import type { Command } from "commander";
import { join } from "node:path";
import type { IterationMetrics } from "#agents/agent.ts";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { Device } from "#tensor/onnx/session.ts";
import type { AgentName } from "#training/agents.ts";
import type { DryRun } from "#training/dry-run.ts";
import { dryRun } from "#training/dry-run.ts";
import { experiment } from "#training/experiment.ts";
import type { PresetName } from "#training/presets.ts";
import { gib } from "#training/memory.ts";
import { stillTerms } from "#training/reward-deviations.ts";
import type { RunConfig } from "#training/run.ts";
import { trainRun } from "#training/run.ts";
import { knownBars, knownDays } from "#training/run-split.ts";
import { agentOption, deviceOption, presetOption } from "../agent-option.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, count, settingsFrom } from "../command.ts";
import { confidenceLines } from "../confidence-option.ts";
import { agentOfRun, barsOf, trainingOf } from "../counted-trials.ts";
import { interruptible } from "../interrupt.ts";
import type { CountingOptions } from "../project.ts";
import { countTrials, expectCountable, projectMarket, withCounting } from "../project.ts";
import { featureFilesOf, resumedConfig } from "../resumed-config.ts";
import { runId } from "../run-id.ts";
import { saturationWarning } from "../scaling.ts";
import type { SplitOptions } from "../split-options.ts";
import { describedParts, parsedConfig, splitAsked, withSplitOptions } from "../split-options.ts";
import type { Terminal } from "../terminal.ts";
import { duration, fixed, shownWhile, table } from "../terminal.ts";
import { notVerified, verifiedAtEnd } from "../verified-run.ts";

interface TrainOptions extends CommonOptions, CountingOptions, SplitOptions {
  readonly market?: string;
  readonly preset?: PresetName;
  readonly agent?: AgentName;
  readonly device?: Device;
  readonly transitions?: number;
  readonly out?: string;
  readonly resume: boolean;
  readonly dryRun: boolean;
  /** False with --no-verify. */
  readonly verify: boolean;
  readonly config?: string;
  readonly set: string[];
  readonly featureFile: string[];
}

export function trainCommand(): Command {
  return withSplitOptions(
    withCounting(
      command(
        "train",
        "Trains an agent on an imported market and writes its model. Ctrl-C writes a checkpoint; --resume goes on from it.",
        "ploutos train --market my-stocks --agent ppo --until 2019-12-31 --out runs/first\nploutos train --resume --out runs/first",
      ),
    )
      .option("--market <name>", "an imported market")
      .addOption(presetOption())
      .addOption(agentOption())
      .addOption(deviceOption()),
  )
    .option("--transitions <number>", "env steps to train for", count)
    .option("--out <folder>", "folder of the run (default: runs/<id>)")
    .option("--resume", "go on with the run in --out", false)
    .option(
      "--dry-run",
      "learn for a few seconds or one iteration, and say what the training would take; nothing is written",
      false,
    )
    .option(
      "--no-verify",
      "do not look for leaks when the training is over; where some are found it ends with exit code 2",
    )
    .option("--config <file>", "settings of the experiment as JSON")
    .option("--set <name=value>", "one setting, e.g. ppo.learningRate=0.001; may be repeated", collect, [])
    .option("--feature-file <file>", "a feature of your own beside the set; may be repeated", collect, [])
    .action(
      action<TrainOptions>(async ({ options, terminal, given }) => {
        const path = options.out ?? join("runs", runId(systemClock, "train"));
        const typed = typedSettings(options);
        const config = options.resume
          ? await resumedConfig(options, given("seed") ? { seed: options.seed, ...typed } : typed)
          : newConfig(options, typed);
        if (config.boosting !== undefined) {
          throw new Failure(
            "cli/bad-option",
            `${path} is a run of boosted trees; ploutos boost --resume goes on with it`,
          );
        }
        // Cut here already: what is later than the run may know is not kept while it trains.
        const market = await projectMarket(config.market, options, knownDays(config));
        const universe = knownBars(market.universe, config);
        const { transitions, agent } = config.experiment;
        if (options.dryRun)
          return showDryRun(terminal, config, await shownWhile(terminal, "measuring", () => dryRun(universe, config)));
        expectCountable(options);
        const training = trainingOf(agentOfRun(config, await featureFilesOf(options, config)), barsOf(universe));
        if (market.leftOut !== undefined) terminal.say(market.leftOut.note);
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
              countTrials(options, [training], options.resume);
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
        const verified = options.verify ? await verifiedAtEnd(path, options, terminal) : undefined;
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
          ...(verified?.lines ?? [notVerified]),
          `Model: ${join(path, "model")}`,
          `Now judge it on bars it has not seen: ploutos backtest ${path}${(config.split ?? config.until) === undefined ? " --from DAY" : ""}`,
        ].join("\n");
        terminal.result({ ...run, verification: verified?.verification }, text);
      }),
    );
}

/** Settings of the experiment as they were typed: those of a preset and a file, and single ones. */
function typedSettings(options: TrainOptions): Record<string, unknown> {
  const { agent, transitions, device } = options;
  const asked = Object.entries({ agent, transitions, device }).filter(([, value]) => value !== undefined);
  return { ...settingsFrom(options), ...Object.fromEntries(asked) };
}

function newConfig(options: TrainOptions, typed: Record<string, unknown>): RunConfig {
  const { market, seed } = options;
  if (market === undefined) throw new Failure("cli/bad-option", "train needs --market NAME");
  return parsedConfig({ market, ...splitAsked(options), experiment: experiment({ seed, ...typed }) });
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
