/** @file The volatility regime: whether the average range is large or small beside its own last values. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingQuantile } from "../rolling-quantile.ts";
import { averageTrueRange } from "../true-range.ts";

/** atr (Wilder, in price), share = atr / close; 1 or 0: high = share above the 70 % quantile of its last n, low = below the 30 % one. Wilder, 1978. */
export function volatilityRegime(period = 14, bars = 50): Indicator {
  const averageRange = averageTrueRange(period);
  const [wild, calm] = [rollingQuantile(bars, 0.7), rollingQuantile(bars, 0.3)];
  const taken = new Float64Array(1);
  const outputs = ["atr", "share", "high", "low"];
  return indicator(outputs, period + bars - 1, [averageRange, wild, calm, taken], (bar, into, at) => {
    const range = averageRange(bar);
    if (taken[0] < period) taken[0]++;
    if (taken[0] < period) return;
    const share = range / bar.close;
    into[at] = range;
    into[at + 1] = share;
    into[at + 2] = share > wild(share) ? 1 : 0;
    into[at + 3] = share < calm(share) ? 1 : 0;
  });
}
