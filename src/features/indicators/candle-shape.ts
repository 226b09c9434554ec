/** @file The parts of a bar: body, shadows, range, true range and the gap before it, in price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { trueRange } from "../true-range.ts";

/**
 * body = close − open (signed), upperShadow = high − max(open, close), lowerShadow = min(open, close) − low, range = high −
 * low, trueRange (Wilder, 1978), gap = open − previous close, all in price. Nison, Japanese Candlestick Charting, 1991.
 */
export function candleShape(): Indicator {
  const rangeOf = trueRange();
  const previousClose = Float64Array.of(NaN);
  const outputs = ["body", "upperShadow", "lowerShadow", "range", "trueRange", "gap"];
  return indicator(outputs, 2, [rangeOf, previousClose], (bar, into, at) => {
    const { open, high, low, close } = bar;
    into[at] = close - open;
    into[at + 1] = high - Math.max(open, close);
    into[at + 2] = Math.min(open, close) - low;
    into[at + 3] = high - low;
    into[at + 4] = rangeOf(bar);
    into[at + 5] = open - previousClose[0];
    previousClose[0] = close;
  });
}
