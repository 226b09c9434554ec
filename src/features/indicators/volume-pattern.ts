/** @file Volume beside its means: bursts, lulls, and whether a burst came with a rise or a fall. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingMean } from "../rolling-moments.ts";

/**
 * average20, average50 = SMA(volume); ratio = volume / average20, 1 without volume; spike = ratio > 1.5, bullish and bearish
 * = ratio > 1.2 on a higher or a lower close, low = ratio < 0.7; 1 or 0. Murphy, 1999.
 */
export function volumePattern(): Indicator {
  const [short, long] = [rollingMean(20), rollingMean(50)];
  const previousClose = Float64Array.of(NaN);
  const outputs = ["average20", "average50", "ratio", "spike", "bullish", "bearish", "low"];
  return indicator(outputs, 50, [short, long, previousClose], ({ close, volume }, into, at) => {
    const average = short(volume);
    const ratio = average === 0 ? 1 : volume / average;
    into[at] = average;
    into[at + 1] = long(volume);
    into[at + 2] = ratio;
    into[at + 3] = ratio > 1.5 ? 1 : 0;
    into[at + 4] = ratio > 1.2 && close > previousClose[0] ? 1 : 0;
    into[at + 5] = ratio > 1.2 && close < previousClose[0] ? 1 : 0;
    into[at + 6] = ratio < 0.7 ? 1 : 0;
    previousClose[0] = close;
  });
}
