/** @file Is the best of many models better than the benchmark, though it was picked? White's reality check and Hansen's test. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { bootstrapVariance } from "../bootstrap.ts";
import { mean } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import { known, noAnswer, notEnough } from "./answer.ts";
import { resampledMeans } from "./resampled-means.ts";

/** p-values of "no model is better than the benchmark": small where one is. The middle one is the test's answer. */
export interface SuperiorAbility {
  /** Too small: models that did worse than the benchmark are taken to be as bad as they looked. */
  readonly lower: number;
  /** Hansen's: models that are clearly worse do not count. */
  readonly consistent: number;
  /** Too large: every model is taken to be as good as the benchmark. */
  readonly upper: number;
}

export interface SuperiorAbilityOptions {
  readonly rng: Rng;
  readonly blockLengthBars: number;
  readonly resamples?: number;
  /** Divide each difference by its own error, as Hansen does and White does not; default true. */
  readonly studentised?: boolean;
}

const leastBars = 30;

/**
 * Test for superior predictive ability (Hansen, 2005): T = max(0, max √n d̄ / ω) against its resamples, recentred by the d̄ of models
 * with √n d̄ / ω ≥ −√(2 ln ln n) (consistent), by all (upper), or by max(d̄, 0) (lower). ω² is the stationary bootstrap's own
 * variance. Models that never differ from the benchmark count for nothing.
 * @param differences a model's performance less the benchmark's, per bar, `[K][T]`.
 */
export function superiorAbility(
  differences: readonly ArrayLike<number>[],
  { rng, blockLengthBars, resamples = 2000, studentised = true }: SuperiorAbilityOptions,
): Answer<SuperiorAbility> {
  const bars = differences[0]?.length ?? 0;
  if (bars < leastBars) return notEnough(leastBars, bars, "bars");
  invariant(
    differences.every(({ length }) => length === bars),
    "models are compared over the same bars",
  );
  const errors = differences.map((values) => Math.sqrt(bootstrapVariance(values, blockLengthBars)));
  if (errors.every((error) => error === 0)) return noAnswer("No model ever did anything else than the benchmark.");
  const moving = differences.filter((_, which) => errors[which] > 0);
  const scales = errors.filter((error) => error > 0);
  const means = moving.map(mean);
  const threshold = -Math.sqrt(2 * Math.log(Math.log(bars)));
  const drawn = resampledMeans(moving, { rng, blockLengthBars, resamples });
  const unit = (which: number): number => (studentised ? scales[which] : 1);
  const observed = Math.max(0, ...means.map((value, which) => value / unit(which)));
  /** @param kept what of its mean a model keeps in the resamples: nothing where it is recentred. */
  const pValue = (kept: (value: number, error: number) => number): number => {
    let exceeding = 0;
    for (let resample = 0; resample < resamples; resample++) {
      let largest = 0;
      for (let which = 0; which < moving.length; which++) {
        largest = Math.max(largest, (drawn[which][resample] + kept(means[which], scales[which])) / unit(which));
      }
      if (largest >= observed) exceeding++;
    }
    return exceeding / resamples;
  };
  return known({
    lower: pValue((value) => Math.min(value, 0)),
    consistent: pValue((value, error) => (value / error >= threshold ? 0 : value)),
    upper: pValue(() => 0),
  });
}

/** p-value of White's reality check (2000): the upper one of differences that are not studentised. */
export function realityCheck(
  differences: readonly ArrayLike<number>[],
  options: Omit<SuperiorAbilityOptions, "studentised">,
): Answer<number> {
  const answer = superiorAbility(differences, { ...options, studentised: false });
  return answer.known ? known(answer.value.upper) : answer;
}
