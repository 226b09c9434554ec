/** @file The range level: the average range beside its own median over a long stretch. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingQuantile } from "../rolling-quantile.ts";
import { averageTrueRange } from "../true-range.ts";

/** ATR(n) / median of its last `bars` values − 1; 0 where the median is 0. Wilder, 1978. */
export function rangeLevel(period = 14, bars = 500): Indicator {
  const averageRange = averageTrueRange(period);
  const middle = rollingQuantile(bars, 0.5);
  const taken = new Float64Array(1);
  return indicator(["level"], period + bars - 1, [averageRange, middle, taken], (bar, into, at) => {
    const range = averageRange(bar);
    if (taken[0] < period) taken[0]++;
    if (taken[0] < period) return;
    const median = middle(range);
    into[at] = median === 0 ? 0 : (range - median) / median;
  });
}
