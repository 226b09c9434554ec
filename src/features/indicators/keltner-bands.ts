/** @file The edges of the Keltner channel, in price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { exponential } from "../smoothing.ts";
import { averageTrueRange } from "../true-range.ts";

/** upper, lower = EMA(close) ± k · ATR, in Raschke's form of the channel (Street Smarts, 1995). */
export function keltnerBands(period = 20, atrPeriod = 10, ranges = 2): Indicator {
  const average = exponential(period);
  const averageRange = averageTrueRange(atrPeriod);
  return indicator(["upper", "lower"], Math.max(period, atrPeriod), [average, averageRange], (bar, into, at) => {
    const middle = average(bar.close);
    const half = ranges * averageRange(bar);
    into[at] = middle + half;
    into[at + 1] = middle - half;
  });
}
