/** @file The mean of the last volumes, and the volume beside it. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingMean } from "../rolling-moments.ts";

/** average = SMA(volume), ratio = volume / average; 1 where nothing was traded. Murphy, Technical Analysis of the Financial Markets, 1999. */
export function volumeAverage(period = 20): Indicator {
  const mean = rollingMean(period);
  return indicator(["average", "ratio"], period, [mean], ({ volume }, into, at) => {
    const average = mean(volume);
    into[at] = average;
    into[at + 1] = average === 0 ? 1 : volume / average;
  });
}
