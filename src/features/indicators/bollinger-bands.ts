/** @file Bollinger bands: where the close stands between them, and how wide they are. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingDeviation } from "../rolling-moments.ts";

/**
 * Bands at SMA ± k · σ of the last n closes (σ of the population). percentB = (close − lower) / (upper − lower), 0.5 where
 * the bands meet; width = (upper − lower) / SMA. Bollinger on Bollinger Bands, 2001.
 */
export function bollingerBands(period = 20, deviations = 2): Indicator {
  const closes = rollingDeviation(period);
  return indicator(["percentB", "width"], period, [closes], (bar, into, at) => {
    closes.take(bar.close);
    const middle = closes.mean();
    const half = deviations * closes.deviation();
    into[at] = half === 0 ? 0.5 : 0.5 + (bar.close - middle) / (2 * half);
    into[at + 1] = (2 * half) / middle;
  });
}
