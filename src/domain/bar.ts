/** @file Bars, one at a time and as columns. */
import { invariant } from "#base/invariant.ts";

/** One bar. Times are Unix ms UTC; prices in the instrument's currency; volume in units (0 where unknown). */
export interface Bar {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Bars of one instrument as columns, each `[T]`, in time order. */
export interface Bars {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** The columns' names, in the order in which they are written everywhere. */
export const barColumns = ["openTime", "open", "high", "low", "close", "volume"] as const satisfies (keyof Bars)[];

/** Columns for `length` bars, all zero. */
export function emptyBars(length: number): Bars {
  return {
    openTime: new Float64Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
  };
}

/** Columns from rows. */
export function barsFrom(rows: readonly Bar[]): Bars {
  const bars = emptyBars(rows.length);
  for (const column of barColumns) rows.forEach((row, t) => (bars[column][t] = row[column]));
  return bars;
}

/** The bar at index `t`. */
export function barAt(bars: Bars, t: number): Bar {
  // Tested before the invariant, so that no facts are gathered while it holds.
  const length = bars.openTime.length;
  if (!(t >= 0 && t < length)) invariant(false, "a bar index lies in the series", { t, bars: length });
  return {
    openTime: bars.openTime[t],
    open: bars.open[t],
    high: bars.high[t],
    low: bars.low[t],
    close: bars.close[t],
    volume: bars.volume[t],
  };
}

/** Bars `from` (inclusive) to `to` (exclusive), as views on the same memory. */
export function sliceBars(bars: Bars, from: number, to: number): Bars {
  return {
    openTime: bars.openTime.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  };
}

/** Length of a bar. */
export type Timeframe = "1m" | "5m" | "15m" | "30m" | "1h" | "4h" | "1d" | "1w";

const minuteMs = 60_000;

export const timeframeMs: Readonly<Record<Timeframe, number>> = {
  "1m": minuteMs,
  "5m": 5 * minuteMs,
  "15m": 15 * minuteMs,
  "30m": 30 * minuteMs,
  "1h": 60 * minuteMs,
  "4h": 240 * minuteMs,
  "1d": 1440 * minuteMs,
  "1w": 10_080 * minuteMs,
};

/** The moment at which a bar is complete: nothing may be decided from it before. */
export function closeTime(openTime: number, timeframe: Timeframe): number {
  return openTime + timeframeMs[timeframe];
}
