/** @file Skewness of the recent log returns: which side has the longer tail. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns, steady } from "../log-returns.ts";
import { rollingMoments } from "../rolling-moments.ts";

/**
 * Adjusted Fisher–Pearson coefficient G₁ = √(n(n−1)) / (n−2) · m₃ / m₂^1.5 of the last n log returns, unbiased for a
 * normal distribution; 0 where they are all equal but for rounding. Joanes and Gill, 1998. On few returns it is noise: n ≥ 60.
 */
export function skewness(period = 60): Indicator {
  const returns = rollingMoments(period);
  const next = logReturns();
  const correction = Math.sqrt(period * (period - 1)) / (period - 2);
  return indicator(["skewness"], period + 1, [returns, next], (bar, into, at) => {
    returns.take(next(bar));
    const secondMoment = returns.squares() / period;
    const thirdMoment = returns.cubes() / period;
    into[at] = steady(secondMoment) ? 0 : (correction * thirdMoment) / secondMoment ** 1.5;
  });
}
