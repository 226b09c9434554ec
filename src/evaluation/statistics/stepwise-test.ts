/** @file Which of many models are better than the benchmark, with the chance of a single wrong one held down. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { bootstrapVariance, quantile } from "../bootstrap.ts";
import { mean } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import { known, notEnough } from "./answer.ts";
import { resampledMeans } from "./resampled-means.ts";

export interface StepwiseOptions {
  readonly rng: Rng;
  readonly blockLengthBars: number;
  readonly resamples?: number;
  /** Chance that any model is named that is no better; default 0.05. */
  readonly level?: number;
  /** Divide each difference by its own error; default true. */
  readonly studentised?: boolean;
}

const leastBars = 30;

/**
 * StepM (Romano and Wolf, 2005): models whose mean difference lies above the 1 − level quantile of the largest recentred one among
 * the resamples are better; they are taken out, and the rest is tested again until none is found. The same resamples serve all steps.
 * @param differences a model's performance less the benchmark's, per bar, `[K][T]`.
 * @returns the places of the better models, ascending.
 */
export function stepwiseTest(
  differences: readonly ArrayLike<number>[],
  { rng, blockLengthBars, resamples = 2000, level = 0.05, studentised = true }: StepwiseOptions,
): Answer<readonly number[]> {
  const bars = differences[0]?.length ?? 0;
  if (bars < leastBars) return notEnough(leastBars, bars, "bars");
  invariant(
    differences.every(({ length }) => length === bars),
    "models are compared over the same bars",
  );
  const errors = differences.map((values) => Math.sqrt(bootstrapVariance(values, blockLengthBars)));
  const scale = errors.map((error) => (error > 0 && studentised ? error : 1));
  const scores = differences.map((values, which) => mean(values) / scale[which]);
  const drawn = resampledMeans(differences, { rng, blockLengthBars, resamples });
  const better: number[] = [];
  // A model that never differs from the benchmark by more or less than always has no error, and is not tested.
  let rest = differences.map((_, which) => which).filter((which) => errors[which] > 0);
  while (rest.length > 0) {
    const largest = new Float64Array(resamples).map((_, resample) =>
      rest.reduce((most, which) => Math.max(most, drawn[which][resample] / scale[which]), -Infinity),
    );
    const critical = quantile(largest.sort(), 1 - level);
    const found = rest.filter((which) => scores[which] > critical);
    if (found.length === 0) break;
    better.push(...found);
    rest = rest.filter((which) => scores[which] <= critical);
  }
  return known(better.toSorted((one, other) => one - other));
}
