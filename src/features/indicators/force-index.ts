/** @file Force index: the change of the close times the volume, smoothed, in price times units. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { exponential } from "../smoothing.ts";

/** FI = EMA((close − close[1]) · volume, n), begun as a mean. Elder, Trading for a Living, 1993. */
export function forceIndex(period = 13): Indicator {
  const average = exponential(period);
  const previousClose = Float64Array.of(NaN);
  return indicator(["force"], period + 1, [average, previousClose], ({ close, volume }, into, at) => {
    const change = close - previousClose[0];
    previousClose[0] = close;
    if (!Number.isNaN(change)) into[at] = average(change * volume);
  });
}
