/** @file Z-score: the distance of the close from its mean, in standard deviations. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingDeviation } from "../rolling-moments.ts";

/** z = (close − SMA) / σ of the last n closes (σ of the population, so |z| ≤ √(n − 1)); 0 where they are all equal. */
export function zScore(period = 20): Indicator {
  const closes = rollingDeviation(period);
  return indicator(["zScore"], period, [closes], (bar, into, at) => {
    closes.take(bar.close);
    const deviation = closes.deviation();
    into[at] = deviation === 0 ? 0 : (bar.close - closes.mean()) / deviation;
  });
}
