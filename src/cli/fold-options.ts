/** @file The options that say how bars are parted into folds: what `walk-forward`, `compare` and `select` share. */
import type { Command } from "commander";
import { Option } from "commander";
import { Failure } from "#base/failure.ts";
import type { FoldPlan, FoldPreset, Gap } from "#data/folds.ts";
import { foldPresets } from "#data/folds.ts";
import type { BoostingSettings } from "#training/boosting-settings.ts";
import { labelBars } from "#training/boosting-settings.ts";
import type { Experiment } from "#training/experiment.ts";
import { horizonBars } from "#training/warm-start-settings.ts";
import { wholeNumber, wholeNumbers } from "./command.ts";
import type { Folding } from "./walk-forward-job.ts";

/** Of all that train the same learner on several parts of the bars. */
export interface PartOptions {
  readonly seed: number;
  readonly seeds?: number[];
  readonly purgeBars?: number;
  readonly embargoBars?: number;
}

export interface FoldOptions extends PartOptions {
  readonly folds?: FoldPreset;
  readonly trainBars?: number;
  readonly validationBars?: number;
  readonly testBars?: number;
  readonly rolling: boolean;
}

/** A month of daily bars between the parts, where neither windows nor labels ask for more. */
const usualGapBars = 21;

export function withFoldOptions(command: Command): Command {
  return withPartOptions(command)
    .addOption(
      new Option(
        "--folds <name>",
        "folds that have a name: 252 bars and 63, 3 years and 6 months, or 2023, the first quarter of 2024 and the rest of it",
      ).choices(Object.keys(foldPresets)),
    )
    .option("--train-bars <number>", "bars to learn from (default: 30 % of all)", wholeNumber)
    .option("--validation-bars <number>", "bars to choose the best parameters by (default: 5 % of all)", wholeNumber)
    .option("--test-bars <number>", "bars to be judged on, per fold (default: 10 % of all)", wholeNumber)
    .option("--rolling", "keep the training part's length instead of its beginning", false);
}

export function withPartOptions(command: Command): Command {
  return command
    .option("--seeds <numbers>", "seeds, with commas (default: three from --seed on)", wholeNumbers)
    .option("--purge-bars <number>", "bars left out for what ends in the next part (default: its horizon)", wholeNumber)
    .option(
      "--embargo-bars <number>",
      `bars left out for what was seen in the part before (default: the lookback, or more up to a gap of ${usualGapBars})`,
      wholeNumber,
    );
}

export function seedsOf({ seed, seeds }: PartOptions): number[] {
  return seeds ?? [seed, seed + 1, seed + 2];
}

/** What agents see and what teaches them decides how wide the gap between the parts must be. */
interface Reach {
  readonly settings: Pick<Experiment, "lookbackBars" | "warmStart">;
  readonly boosting?: BoostingSettings | undefined;
}

/**
 * The folds asked for, of a series of so many bars, for all of these agents.
 * @throws Failure cli/bad-option
 */
export function foldingOf(options: FoldOptions, bars: number, agents: readonly Reach[]): Folding {
  return { plan: planOf(options, bars), gap: gapOf(options, agents) };
}

/**
 * The folds of a walk-forward that was kept, for these agents, too.
 * @throws Failure cli/bad-option where options ask for others, or where its gap is too short for one of the agents
 */
export function foldingLike({ plan, gap }: Folding, options: FoldOptions, agents: readonly Reach[]): Folding {
  const { folds, trainBars, validationBars, testBars, purgeBars, embargoBars, rolling } = options;
  if ((folds ?? trainBars ?? validationBars ?? testBars ?? purgeBars ?? embargoBars) !== undefined || rolling) {
    const found =
      "the folds are those of the walk-forward that is compared with: leave out the options that say others";
    throw new Failure("cli/bad-option", found);
  }
  return { plan, gap: gapOf(gap, agents) };
}

function planOf(options: FoldOptions, bars: number): FoldPlan {
  const { folds, trainBars, validationBars, testBars, rolling } = options;
  if (folds !== undefined) {
    if ((trainBars ?? validationBars ?? testBars) !== undefined || rolling) {
      throw new Failure("cli/bad-option", `--folds ${folds} says all lengths itself: leave out the others`);
    }
    return foldPresets[folds];
  }
  const usual = proportionalFolds(bars);
  const plan = {
    ...usual,
    trainBars: trainBars ?? usual.trainBars,
    validationBars: validationBars ?? usual.validationBars,
    testBars: testBars ?? usual.testBars,
    mode: rolling ? ("rolling" as const) : ("expanding" as const),
  };
  if (plan.validationBars < 2) throw new Failure("cli/bad-option", "--validation-bars must be at least 2");
  if (plan.trainBars < 2 || plan.testBars < 2) {
    throw new Failure("cli/bad-option", "--train-bars and --test-bars must be at least 2");
  }
  return plan;
}

/** The gap is never shorter than the longest lookback and horizon together. */
export function gapOf(
  { purgeBars, embargoBars }: Pick<PartOptions, "purgeBars" | "embargoBars">,
  agents: readonly Reach[],
): Gap {
  const lookback = Math.max(1, ...agents.map(({ settings }) => settings.lookbackBars));
  const horizon = Math.max(
    1,
    ...agents.map(({ settings, boosting }) =>
      boosting === undefined ? horizonBars(settings.warmStart) : labelBars(boosting.label),
    ),
  );
  const purge = purgeBars ?? horizon;
  const gap = { purgeBars: purge, embargoBars: embargoBars ?? Math.max(lookback, usualGapBars - purge) };
  if (gap.purgeBars + gap.embargoBars < lookback + horizon) {
    const found = `a purge of ${gap.purgeBars} and an embargo of ${gap.embargoBars} bars are less than the lookback of ${lookback} and the horizon of ${horizon} together`;
    throw new Failure("cli/bad-option", found);
  }
  return gap;
}

/** Six years to learn from, one to choose by, two to be judged on. Daily bars. */
export const dailyFolds = {
  by: "bars",
  trainBars: 1512,
  validationBars: 252,
  testBars: 504,
  mode: "expanding",
} as const satisfies FoldPlan;

/** The same proportions for a series of any length: 30 % to learn from, 5 % to choose by, tests of 10 %. */
export function proportionalFolds(bars: number): Extract<FoldPlan, { readonly by: "bars" }> {
  const share = (fraction: number): number => Math.max(2, Math.round(bars * fraction));
  return { ...dailyFolds, trainBars: share(0.3), validationBars: share(0.05), testBars: share(0.1) };
}
