/** @file What the tests of synthetic markets measure, and how far chance alone lets it be from theory. */
import { expect } from "vitest";
import type { Bars } from "#domain/bar.ts";

/** Log returns from close to close, `[T − 1]`. */
export function closeReturns({ close }: Bars): Float64Array {
  return Float64Array.from(close.subarray(1), (price, t) => Math.log(price / close[t]));
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < values.length; t++) sum += values[t];
  return sum / values.length;
}

/** Mean of products of deviations `lag` bars apart, around the given mean. */
export function covariance(a: ArrayLike<number>, b: ArrayLike<number>, lag = 0, ofA = mean(a), ofB = mean(b)): number {
  let sum = 0;
  for (let t = lag; t < a.length; t++) sum += (a[t] - ofA) * (b[t - lag] - ofB);
  return sum / (a.length - lag);
}

export function correlation(a: ArrayLike<number>, b: ArrayLike<number>, lag = 0): number {
  return covariance(a, b, lag) / Math.sqrt(covariance(a, a) * covariance(b, b));
}

/** Independent samples, or estimates of one number, one for each seed. */
export function estimates<Sample>(seeds: number, make: (seed: number) => Sample): Sample[] {
  return Array.from({ length: seeds }, (_, seed) => make(seed + 1));
}

/**
 * The mean of independent estimates is `theory` but for chance: within four standard errors, which are measured from the
 * estimates themselves. The error must be below `resolution` (a share of the theory), or the test would prove nothing.
 */
export function expectTheory(found: readonly number[], theory: number, resolution: number, what: string): void {
  const average = mean(found);
  const error = Math.sqrt(covariance(found, found) / (found.length - 1));
  expect(error, `${what}: the sample is large enough`).toBeLessThan(resolution * Math.abs(theory));
  expect(Math.abs(average - theory), `${what}: ${average} for ${theory} ± ${error}`).toBeLessThan(4 * error);
}
