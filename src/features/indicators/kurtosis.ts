/** @file Excess kurtosis of the recent log returns: how heavy both tails are. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns, steady } from "../log-returns.ts";
import { rollingMoments } from "../rolling-moments.ts";

/**
 * G₂ = (n−1) / ((n−2)(n−3)) · ((n+1)(m₄ / m₂² − 3) + 6) of the last n log returns: excess over the normal distribution,
 * unbiased for it; 0 where they are all equal but for rounding. Joanes and Gill, 1998. On few returns it is noise: n ≥ 60.
 */
export function kurtosis(period = 60): Indicator {
  const returns = rollingMoments(period);
  const next = logReturns();
  const correction = (period - 1) / ((period - 2) * (period - 3));
  return indicator(["kurtosis"], period + 1, [returns, next], (bar, into, at) => {
    returns.take(next(bar));
    const secondMoment = returns.squares() / period;
    const fourthMoment = returns.fourths() / period;
    const excess = fourthMoment / (secondMoment * secondMoment) - 3;
    into[at] = steady(secondMoment) ? 0 : correction * ((period + 1) * excess + 6);
  });
}
