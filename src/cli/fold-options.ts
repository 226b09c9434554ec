/** @file The options that say how bars are parted into folds: what `walk-forward` and `compare` share. */
import type { Command } from "commander";
import { Failure } from "#base/failure.ts";
import { wholeNumber, wholeNumbers } from "./command.ts";
import type { FoldLengths } from "./walk-forward-job.ts";
import { dailyFolds, proportionalFolds } from "./walk-forward-job.ts";

export interface FoldOptions {
  readonly seed: number;
  readonly seeds?: number[];
  readonly trainBars?: number;
  readonly validationBars?: number;
  readonly testBars?: number;
  readonly embargoBars?: number;
  readonly rolling: boolean;
}

export function withFoldOptions(command: Command): Command {
  return command
    .option("--seeds <numbers>", "seeds, with commas (default: three from --seed on)", wholeNumbers)
    .option("--train-bars <number>", "bars to learn from (default: 30 % of all)", wholeNumber)
    .option("--validation-bars <number>", "bars to choose the best parameters by (default: 5 % of all)", wholeNumber)
    .option("--test-bars <number>", "bars to be judged on, per fold (default: 10 % of all)", wholeNumber)
    .option(
      "--embargo-bars <number>",
      `bars left out between the parts (default: ${dailyFolds.embargoBars})`,
      wholeNumber,
    )
    .option("--rolling", "keep the training part's length instead of its beginning", false);
}

export function seedsOf({ seed, seeds }: FoldOptions): number[] {
  return seeds ?? [seed, seed + 1, seed + 2];
}

/**
 * The lengths asked for, of a series of so many bars.
 * @throws Failure cli/bad-option
 */
export function foldLengths(options: FoldOptions, bars: number): FoldLengths {
  const usual = proportionalFolds(bars);
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
  return lengths;
}
