/** @file Mean reversion: how far the close is from its mean, and whether it has turned back towards it from below. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingDeviation } from "../rolling-moments.ts";

/**
 * average = SMA, deviation = √(Σ(close − average)² / (n − 1)) of n closes (in price), zScore = (close − average) /
 * deviation, 0 where they are all equal; oversold = z < −1.5, overbought = z > 1.5, reverting = z < −1 and above the z of
 * the bar before; 1 or 0. Chan, Algorithmic Trading, 2013.
 */
export function meanReversion(period: number): Indicator {
  const closes = rollingDeviation(period);
  const previous = Float64Array.of(NaN);
  const outputs = ["average", "deviation", "zScore", "oversold", "overbought", "reverting"];
  return indicator(outputs, period + 1, [closes, previous], ({ close }, into, at) => {
    closes.take(close);
    const average = closes.mean();
    const deviation = Math.sqrt(closes.squares() / (period - 1));
    const score = deviation === 0 ? 0 : (close - average) / deviation;
    into[at] = average;
    into[at + 1] = deviation;
    into[at + 2] = score;
    into[at + 3] = score < -1.5 ? 1 : 0;
    into[at + 4] = score > 1.5 ? 1 : 0;
    into[at + 5] = score < -1 && score > previous[0] ? 1 : 0;
    previous[0] = score;
  });
}
