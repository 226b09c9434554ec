/** @file `ploutos walk-forward`: every fold trained anew on its past, judged on what came after. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { Device } from "#tensor/onnx/session.ts";
import type { TreeName } from "#training/boosting-settings.ts";
import { isUsed } from "#training/boosting-settings.ts";
import type { PresetName } from "#training/presets.ts";
import { presets } from "#training/presets.ts";
import { deviceOption, presetOption } from "../agent-option.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, count, settingsFrom, typed } from "../command.ts";
import type { FoldOptions } from "../fold-options.ts";
import { foldingOf, seedsOf, withFoldOptions } from "../fold-options.ts";
import { showVerdict } from "../judged.ts";
import type { Learner, LearnerName } from "../learner-settings.ts";
import { againstOption, asksForTrees, learnerOf, learnerOption } from "../learner-settings.ts";
import type { CountingOptions } from "../project.ts";
import { projectMarket, withCounting } from "../project.ts";
import { qualityOf } from "../quality-of.ts";
import { runId } from "../run-id.ts";
import { runWalkForward } from "../walk-forward-job.ts";

interface WalkForwardOptions extends CommonOptions, CountingOptions, FoldOptions {
  readonly seed: number;
  readonly market: string;
  readonly preset?: PresetName;
  readonly agent?: LearnerName;
  readonly device?: Device;
  readonly transitions?: number;
  readonly workers?: number;
  readonly out?: string;
  readonly examine: boolean;
  readonly warmFolds: boolean;
  readonly resume: boolean;
  readonly against?: readonly TreeName[];
  /** False with --no-verify. */
  readonly verify: boolean;
  readonly config?: string;
  readonly set: string[];
  readonly featureFile: string[];
}

export function walkForwardCommand(): Command {
  return withFoldOptions(
    withCounting(
      command(
        "walk-forward",
        "Trains an agent anew for each fold, trades it through all test spans, and judges it against simple rules.",
        "ploutos walk-forward --market my-stocks --agent ppo --seeds 1,2,3,4,5 --against rule-and-boosting\nploutos walk-forward --market my-stocks --agent boosting --set boosting.threshold=0.4",
      ),
    ),
  )
    .requiredOption("--market <name>", "an imported market")
    .addOption(presetOption())
    .addOption(learnerOption())
    .addOption(deviceOption())
    .option("--transitions <number>", "env steps of each training", count)
    .option("--workers <number>", "trainings at the same time (default: one for each core)", count)
    .option("--out <folder>", "folder of the report (default: runs/<id>)")
    .addOption(againstOption())
    .option("--examine", "also trade every seed again at other costs, late and with more capital", false)
    .option("--warm-folds", "begin each fold with what the one before learned, not from scratch", false)
    .option("--resume", "go on with the walk-forward in --out that was interrupted", false)
    .option(
      "--no-verify",
      "do not look for leaks in the last fold's model; where some are found it ends with exit code 2",
    )
    .option("--config <file>", "settings of the experiment as JSON")
    .option("--set <name=value>", "one setting, e.g. ppo.learningRate=0.001; may be repeated", collect, [])
    .option("--feature-file <file>", "a feature of your own beside the set; may be repeated", collect, [])
    .action(
      action<WalkForwardOptions>(async ({ options, terminal }) => {
        const { market, against } = options;
        const { learner, warnings } = learnerAsked(options);
        warnings.forEach((warning) => terminal.say(warning));
        if (options.resume && options.out === undefined) {
          throw new Failure("cli/bad-option", "--resume needs --out, the folder that was begun");
        }
        if (options.warmFolds && learner.boosting !== undefined) {
          throw new Failure("cli/bad-option", "--warm-folds is for networks: boosted trees begin anew in every fold");
        }
        const { universe } = await projectMarket(market, options);
        const id = runId(systemClock, "walk-forward");
        const { data, page, scaling } = await runWalkForward(
          {
            universe,
            ...learner,
            folding: foldingOf(options, universe.openTime.length, [learner]),
            warmFolds: options.warmFolds,
            resumed: options.resume,
            seeds: seedsOf(options),
            workers: options.workers,
            out: options.out ?? join("runs", id),
            runId: id,
            command: typed(),
            source: `market ${market}`,
            quality: qualityOf(universe),
            warnings,
            examined: options.examine,
            against,
            project: options,
            verified: options.verify,
          },
          terminal,
        );
        showVerdict(terminal, data, page, scaling);
      }),
    );
}

/**
 * The learner that was asked for. Trees in place of a preset's agent take of the preset what they have a use for, and the reader is
 * warned of what they leave; what was typed beside it they must have a use for.
 */
function learnerAsked(options: WalkForwardOptions): {
  readonly learner: Learner;
  readonly warnings: readonly string[];
} {
  const { seed, preset, agent, device, transitions } = options;
  const given = Object.entries({ agent, device, transitions }).filter(([, value]) => value !== undefined);
  const asked = Object.fromEntries(given);
  const isOfTrees = asksForTrees({ ...settingsFrom({ ...options, preset: undefined }), ...asked });
  const takes = isOfTrees ? isUsed : undefined;
  const learner = learnerOf({ seed, ...settingsFrom({ ...options, takes }), ...asked });
  if (preset === undefined || !isOfTrees) return { learner, warnings: [] };
  const left = Object.keys(presets[preset]).filter((name) => !isUsed(name));
  return {
    learner,
    warnings: [`Boosted trees take of ${preset} what they have a use for; they leave ${left.join(", ")}.`],
  };
}
