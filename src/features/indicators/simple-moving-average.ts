/** @file SMA: the plain mean of the last closes, in price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { mean, push, rolling } from "../rolling.ts";

/** SMAₜ = (closeₜ + … + closeₜ₋ₙ₊₁) / n. */
export function simpleMovingAverage(period: number): Indicator {
  const closes = rolling(period);
  return indicator(["sma"], period, [closes], (bar, into, at) => {
    push(closes, bar.close);
    into[at] = mean(closes);
  });
}
