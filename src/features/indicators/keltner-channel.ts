/** @file Keltner channel: where the close stands in a channel of average ranges; 0 is the lower edge, 1 the upper. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { exponential } from "../smoothing.ts";
import { averageTrueRange, negligible } from "../true-range.ts";

/**
 * position = (close − lower) / (upper − lower) of the channel EMA(close) ± k · ATR; 0.5 where the ATR is negligible
 * beside the close. The form with EMA and ATR is Raschke's (Street Smarts, 1995), after Keltner, 1960.
 */
export function keltnerChannel(period = 20, atrPeriod = 10, ranges = 2): Indicator {
  const average = exponential(period);
  const averageRange = averageTrueRange(atrPeriod);
  return indicator(["position"], Math.max(period, atrPeriod), [average, averageRange], (bar, into, at) => {
    const distance = bar.close - average(bar.close);
    const atr = averageRange(bar);
    into[at] = negligible(atr, bar.close) ? 0.5 : 0.5 + distance / (2 * ranges * atr);
  });
}
