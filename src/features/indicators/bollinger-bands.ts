/** @file Bollinger bands: where the close stands between them, and how wide they are. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { mean, populationDeviation, push, rolling } from "../rolling.ts";

/**
 * Bands at SMA ± k · σ of the last n closes (σ of the population). percentB = (close − lower) / (upper − lower), 0.5 where
 * the bands meet; width = (upper − lower) / SMA. Bollinger on Bollinger Bands, 2001.
 */
export function bollingerBands(period = 20, deviations = 2): Indicator {
  const closes = rolling(period);
  return indicator(["percentB", "width"], period, [closes], (bar, into, at) => {
    push(closes, bar.close);
    const middle = mean(closes);
    const half = deviations * populationDeviation(closes, middle);
    into[at] = half === 0 ? 0.5 : 0.5 + (bar.close - middle) / (2 * half);
    into[at + 1] = (2 * half) / middle;
  });
}
