/** @file Z-score: the distance of the close from its mean, in standard deviations. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { mean, populationDeviation, push, rolling } from "../rolling.ts";

/** z = (close − SMA) / σ of the last n closes (σ of the population, so |z| ≤ √(n − 1)); 0 where they are all equal. */
export function zScore(period = 20): Indicator {
  const closes = rolling(period);
  return indicator(["zScore"], period, [closes], (bar, into, at) => {
    push(closes, bar.close);
    const centre = mean(closes);
    const deviation = populationDeviation(closes, centre);
    into[at] = deviation === 0 ? 0 : (bar.close - centre) / deviation;
  });
}
