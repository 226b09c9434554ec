/** @file MACD: the distance between a fast and a slow EMA, and how it turns, in price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { exponential } from "../smoothing.ts";

/**
 * macd = EMA(fast) − EMA(slow); signal = EMA(macd), begun when both are known; histogram = macd − signal.
 * Appel, Technical Analysis: Power Tools for Active Investors, 2005.
 */
export function macd(fastPeriod = 12, slowPeriod = 26, signalPeriod = 9): Indicator {
  const fast = exponential(fastPeriod);
  const slow = exponential(slowPeriod);
  const signal = exponential(signalPeriod);
  const longest = Math.max(fastPeriod, slowPeriod);
  const bars = new Float64Array(1);
  return indicator(
    ["macd", "signal", "histogram"],
    longest + signalPeriod - 1,
    [fast, slow, signal, bars],
    (bar, into, at) => {
      const distance = fast(bar.close) - slow(bar.close);
      if (bars[0] < longest) bars[0]++;
      if (bars[0] < longest) return;
      into[at] = distance;
      into[at + 1] = signal(distance);
      into[at + 2] = into[at] - into[at + 1];
    },
  );
}
