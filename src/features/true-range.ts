/** @file The true range and its average: the yardstick that makes prices comparable. */
import type { Bar } from "#domain/bar.ts";
import type { Remembering } from "./memory.ts";
import { remembering } from "./memory.ts";
import { wilder } from "./smoothing.ts";

/** A number from each bar, with what it takes to know it. */
export type OfBar = ((bar: Bar) => number) & Remembering;

/** max(high − low, |high − previous close|, |low − previous close|); high − low at the first bar (Wilder, 1978). */
export function trueRange(): OfBar {
  const previousClose = Float64Array.of(NaN);
  return remembering([previousClose], ({ high, low, close }: Bar) => {
    const range = high - low;
    // Before there is a previous close, the comparisons with NaN leave the bar's own range.
    const up = Math.abs(high - previousClose[0]);
    const down = Math.abs(low - previousClose[0]);
    previousClose[0] = close;
    return up > range ? (down > up ? down : up) : down > range ? down : range;
  });
}

/** Wilder's average of the true range, in price; the mean so far during the first `period` bars. */
export function averageTrueRange(period: number): OfBar {
  const range = trueRange();
  const average = wilder(period);
  return remembering([range, average], (bar: Bar) => average(range(bar)));
}

/** Share of the price below which a range is rounding, not movement. */
const negligibleRange = 1e-9;

/** Is this range too small, beside the price, to divide by? */
export function negligible(range: number, price: number): boolean {
  return !(range > negligibleRange * price);
}
