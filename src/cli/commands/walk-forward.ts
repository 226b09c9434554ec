/** @file `ploutos walk-forward`: every fold trained anew on its past, judged on what came after. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { Device } from "#tensor/onnx/session.ts";
import type { AgentName } from "#training/agents.ts";
import { experiment } from "#training/experiment.ts";
import type { PresetName } from "#training/presets.ts";
import { agentOption, deviceOption, presetOption } from "../agent-option.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, settingsFrom, typed, wholeNumber } from "../command.ts";
import type { FoldOptions } from "../fold-options.ts";
import { foldLengths, seedsOf, withFoldOptions } from "../fold-options.ts";
import { showVerdict } from "../judged.ts";
import { qualityOf } from "../quality-of.ts";
import { runId } from "../run-id.ts";
import { runWalkForward } from "../walk-forward-job.ts";

interface WalkForwardOptions extends CommonOptions, FoldOptions {
  readonly seed: number;
  readonly market: string;
  readonly preset?: PresetName;
  readonly agent?: AgentName;
  readonly device?: Device;
  readonly transitions?: number;
  readonly workers?: number;
  readonly out?: string;
  readonly examine: boolean;
  /** False with --no-verify. */
  readonly verify: boolean;
  readonly config?: string;
  readonly set: string[];
  readonly featureFile: string[];
}

export function walkForwardCommand(): Command {
  return withFoldOptions(
    command(
      "walk-forward",
      "Trains an agent anew for each fold, trades it through all test spans, and judges it against simple rules.",
      "ploutos walk-forward --market my-stocks --agent ppo --seeds 1,2,3,4,5",
    ),
  )
    .requiredOption("--market <name>", "an imported market")
    .addOption(presetOption())
    .addOption(agentOption())
    .addOption(deviceOption())
    .option("--transitions <number>", "env steps of each training", wholeNumber)
    .option("--workers <number>", "trainings at the same time (default: one for each core)", wholeNumber)
    .option("--out <folder>", "folder of the report (default: runs/<id>)")
    .option("--examine", "also trade every seed again at other costs, late and with more capital", false)
    .option("--no-verify", "do not look for leaks in the last fold's model")
    .option("--config <file>", "settings of the experiment as JSON")
    .option("--set <name=value>", "one setting, e.g. ppo.learningRate=0.001; may be repeated", collect, [])
    .option("--feature-file <file>", "a feature of your own beside the set; may be repeated", collect, [])
    .action(
      action<WalkForwardOptions>(async ({ options, terminal }) => {
        const { market, seed, transitions, agent, device } = options;
        const settings = settingsFrom(options);
        const universe = await openBarStore(options.store).load(market);
        const id = runId(systemClock, "walk-forward");
        const { data, page, scaling } = await runWalkForward(
          {
            universe,
            settings: experiment({
              seed,
              ...settings,
              ...(agent === undefined ? {} : { agent }),
              ...(device === undefined ? {} : { device }),
              ...(transitions === undefined ? {} : { transitions }),
            }),
            lengths: foldLengths(options, universe.openTime.length),
            seeds: seedsOf(options),
            workers: options.workers,
            out: options.out ?? join("runs", id),
            runId: id,
            command: typed(),
            source: `market ${market}`,
            quality: qualityOf(universe),
            warnings: [],
            examined: options.examine,
            verified: options.verify,
          },
          terminal,
        );
        showVerdict(terminal, data, page, scaling);
      }),
    );
}
