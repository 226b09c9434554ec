/** @file TSI: the share of the smoothed movement that went one way, −100 to 100. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { exponential } from "../smoothing.ts";

/**
 * TSI = 100 · EMA(EMA(Δclose, slow), fast) / EMA(EMA(|Δclose|, slow), fast), each EMA begun as a mean; 0 without movement.
 * Blau, Stocks & Commodities, November 1991.
 */
export function trueStrengthIndex(slowPeriod = 25, fastPeriod = 13): Indicator {
  const [slow, slowSize] = [exponential(slowPeriod), exponential(slowPeriod)];
  const [fast, fastSize] = [exponential(fastPeriod), exponential(fastPeriod)];
  /** Previous close, changes seen so far. */
  const previous = Float64Array.of(NaN, 0);
  const parts = [slow, slowSize, fast, fastSize, previous];
  return indicator(["tsi"], slowPeriod + fastPeriod, parts, ({ close }, into, at) => {
    const change = close - previous[0];
    previous[0] = close;
    if (Number.isNaN(change)) return;
    const smooth = slow(change);
    const size = slowSize(Math.abs(change));
    if (previous[1] < slowPeriod) previous[1]++;
    if (previous[1] < slowPeriod) return;
    const twice = fast(smooth);
    const twiceSize = fastSize(size);
    into[at] = twiceSize === 0 ? 0 : (100 * twice) / twiceSize;
  });
}
