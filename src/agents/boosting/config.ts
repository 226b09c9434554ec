/** @file The settings of gradient boosting, and what is wrong with them where something is. */
import { Failure } from "#base/failure.ts";
import type { ForestObjective } from "#policy/trees/forest.ts";

export interface BoostingConfig {
  readonly objective: ForestObjective;
  /** Of softmax; labels are 0 … classes − 1. */
  readonly classes: number;
  /** Trees of each output at most. */
  readonly rounds: number;
  /** η: what each leaf is multiplied by. */
  readonly learningRate: number;
  /** `depth-wise`: all nodes of a depth together; `leaf-wise`: the node with the largest gain first. */
  readonly growth: "depth-wise" | "leaf-wise";
  /** Splits from the root to a leaf at most; 0: no limit. */
  readonly maxDepth: number;
  /** Leaves of a tree at most; 0: no limit. */
  readonly maxLeaves: number;
  /** λ of ½λw², the L2 penalty of a leaf. */
  readonly lambda: number;
  /** α of α|w|, the L1 penalty of a leaf. */
  readonly alpha: number;
  /** γ: smallest gain of a split. */
  readonly gamma: number;
  /** Smallest sum of second derivatives in a child. */
  readonly minChildWeight: number;
  /** Share of the rows that each round learns from, drawn without replacement. */
  readonly rowShare: number;
  /** Share of the features that each tree may split by. */
  readonly columnShare: number;
  /** Bins of a feature at most; missing values take one of them. */
  readonly maxBins: number;
  /** For each feature 1 where more of it may only raise the output, −1 where it may only lower it, 0 where it is free; or none. */
  readonly monotone: readonly number[];
  /** Rounds without a better validation loss after which it stops; 0: never. */
  readonly patience: number;
  /** What each output begins at, of logistic a probability; absent: as XGBoost 2 estimates it, see `estimatedBase`. */
  readonly baseScore?: number;
}

/** XGBoost's own defaults, but for the rounds. */
export const boostingDefaults: BoostingConfig = {
  objective: "squared-error",
  classes: 1,
  rounds: 100,
  learningRate: 0.3,
  growth: "depth-wise",
  maxDepth: 6,
  maxLeaves: 0,
  lambda: 1,
  alpha: 0,
  gamma: 0,
  minChildWeight: 1,
  rowShare: 1,
  columnShare: 1,
  maxBins: 256,
  monotone: [],
  patience: 0,
};

/**
 * Checks settings against each other and against the data.
 * @throws Failure config/invalid that names each setting that is wrong
 */
export function checkBoosting(config: BoostingConfig, features: number, hasValidation: boolean): void {
  const { objective, classes, baseScore, monotone } = config;
  const problems: string[] = [];
  const expect = (holds: boolean, name: keyof BoostingConfig, rule: string): void => {
    if (!holds) problems.push(`boosting.${name}: must be ${rule}; found ${String(config[name])}`);
  };
  const whole = (name: keyof BoostingConfig, least: number, most: number): void => {
    const value = Number(config[name]);
    expect(Number.isInteger(value) && value >= least && value <= most, name, `whole, ${least} to ${most}`);
  };
  const between = (name: keyof BoostingConfig, least: number, most: number): void => {
    const value = Number(config[name]);
    expect(value >= least && value <= most, name, most === Infinity ? `${least} or more` : `${least} to ${most}`);
  };
  whole("rounds", 1, 1_000_000);
  whole("maxDepth", 0, 64);
  whole("maxLeaves", 0, 65_536);
  whole("maxBins", 2, 256);
  whole("patience", 0, 1_000_000);
  for (const name of ["lambda", "alpha", "gamma", "minChildWeight"] as const) between(name, 0, Infinity);
  expect(config.learningRate > 0 && config.learningRate <= 1, "learningRate", "above 0, at most 1");
  expect(config.rowShare > 0 && config.rowShare <= 1, "rowShare", "above 0, at most 1");
  expect(config.columnShare > 0 && config.columnShare <= 1, "columnShare", "above 0, at most 1");
  if (objective === "softmax") whole("classes", 2, 1000);
  else expect(classes === 1, "classes", `1 where the objective is ${objective}`);
  const unlimited = config.maxDepth === 0 && config.maxLeaves === 0;
  expect(!unlimited, "maxDepth", "above 0 where maxLeaves is 0: a tree needs a limit");
  const tooDeep = config.maxLeaves === 0 && config.maxDepth > 16;
  expect(!tooDeep, "maxDepth", "16 at most where maxLeaves is 0");
  expect(monotone.length === 0 || monotone.length === features, "monotone", `one of each of ${features} features`);
  expect(
    monotone.every((sign) => sign === 0 || sign === 1 || sign === -1),
    "monotone",
    "made of −1, 0 and 1",
  );
  if (objective === "logistic" && baseScore !== undefined) {
    expect(baseScore > 0 && baseScore < 1, "baseScore", "a probability between 0 and 1");
  }
  expect(baseScore === undefined || Number.isFinite(baseScore), "baseScore", "finite");
  expect(config.patience === 0 || hasValidation, "patience", "0 without validation rows to judge by");
  if (problems.length > 0) throw new Failure("config/invalid", problems.join("; "));
}

/** Leaves that a tree of so many rows can have. */
export function mostLeaves({ maxDepth, maxLeaves }: BoostingConfig, rows: number): number {
  const byDepth = maxDepth === 0 ? Infinity : 2 ** maxDepth;
  const byLeaves = maxLeaves === 0 ? Infinity : maxLeaves;
  return Math.max(1, Math.min(byDepth, byLeaves, rows));
}
