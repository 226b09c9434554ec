/** @file The volatility regime: whether the average range is large or small beside its own last values. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { aboveQuantile, belowQuantile, insert, sortedWindow } from "../sorted-window.ts";
import { averageTrueRange } from "../true-range.ts";

/** atr (Wilder, in price), share = atr / close; 1 or 0: high = share above the 70 % quantile of its last n, low = below the 30 % one. Wilder, 1978. */
export function volatilityRegime(period = 14, bars = 50): Indicator {
  const averageRange = averageTrueRange(period);
  const shares = sortedWindow(bars);
  const taken = new Float64Array(1);
  const outputs = ["atr", "share", "high", "low"];
  return indicator(outputs, period + bars - 1, [averageRange, shares, taken], (bar, into, at) => {
    const range = averageRange(bar);
    if (taken[0] < period) taken[0]++;
    if (taken[0] < period) return;
    const share = range / bar.close;
    insert(shares, share);
    into[at] = range;
    into[at + 1] = share;
    into[at + 2] = aboveQuantile(shares, share, 0.7) ? 1 : 0;
    into[at + 3] = belowQuantile(shares, share, 0.3) ? 1 : 0;
  });
}
