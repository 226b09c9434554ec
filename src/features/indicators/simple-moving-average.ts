/** @file SMA: the plain mean of the last closes, in price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingMean } from "../rolling-moments.ts";

/** SMAₜ = (closeₜ + … + closeₜ₋ₙ₊₁) / n. */
export function simpleMovingAverage(period: number): Indicator {
  const average = rollingMean(period);
  return indicator(["sma"], period, [average], (bar, into, at) => {
    into[at] = average(bar.close);
  });
}
