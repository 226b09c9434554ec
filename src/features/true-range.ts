/** @file The true range and its average: the yardstick that makes prices comparable. */
import type { Bar } from "#domain/bar.ts";
import { wilder } from "./smoothing.ts";

/** max(high − low, |high − previous close|, |low − previous close|); high − low at the first bar (Wilder, 1978). */
export function trueRange(): (bar: Bar) => number {
  let previousClose = NaN;
  return ({ high, low, close }) => {
    const range = high - low;
    // Before there is a previous close, the comparisons with NaN leave the bar's own range.
    const up = Math.abs(high - previousClose);
    const down = Math.abs(low - previousClose);
    previousClose = close;
    return up > range ? (down > up ? down : up) : down > range ? down : range;
  };
}

/** Wilder's average of the true range, in price; the mean so far during the first `period` bars. */
export function averageTrueRange(period: number): (bar: Bar) => number {
  const range = trueRange();
  const average = wilder(period);
  return (bar) => average(range(bar));
}

/** Share of the price below which a range is rounding, not movement. */
const negligibleRange = 1e-9;

/** Is this range too small, beside the price, to divide by? */
export function negligible(range: number, price: number): boolean {
  return !(range > negligibleRange * price);
}
