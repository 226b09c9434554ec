/** @file The spread that highs and lows betray: an estimate for bars that carry no quotes, as a share of the price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingMean } from "../rolling-moments.ts";

const root = 3 - 2 * Math.SQRT2;

/**
 * S = 2(e^α − 1) / (1 + e^α), α = (√(2β) − √β) / (3 − 2√2) − √(γ / (3 − 2√2)), β = ln²(H/L) of the bar plus that of the bar before,
 * γ = ln²(highest / lowest) of both; the bar is moved back over a gap from the close before; negative estimates count 0; the
 * mean of the last n. Corwin and Schultz, Journal of Finance 67, 2012.
 */
export function corwinSchultzSpread(period = 20): Indicator {
  const average = rollingMean(period);
  /** High, low and close of the bar before. */
  const previous = Float64Array.of(NaN, NaN, NaN);
  return indicator(["spread"], period + 1, [average, previous], (bar, into, at) => {
    const [highBefore, lowBefore, closeBefore] = [previous[0], previous[1], previous[2]];
    previous[0] = bar.high;
    previous[1] = bar.low;
    previous[2] = bar.close;
    if (Number.isNaN(closeBefore)) return;
    // A factor, not a difference: the logarithm of the bar's own range stays what it is.
    const gap = closeBefore < bar.low ? closeBefore / bar.low : closeBefore > bar.high ? closeBefore / bar.high : 1;
    const [high, low] = [bar.high * gap, bar.low * gap];
    const beta = Math.log(bar.high / bar.low) ** 2 + Math.log(highBefore / lowBefore) ** 2;
    const gamma = Math.log(Math.max(high, highBefore) / Math.min(low, lowBefore)) ** 2;
    const alpha = (Math.sqrt(2 * beta) - Math.sqrt(beta)) / root - Math.sqrt(gamma / root);
    into[at] = average(Math.max(0, 2 * Math.tanh(alpha / 2)));
  });
}
