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
  /** What else was measured of the bar, known at its close: numbers that are no prices, in the order of their names `[K]`. */
  readonly measured?: Float64Array;
}

/** Numbers beside the prices of bars, such as the order flow within each: K names, values `[T, K]`. */
export interface Measured {
  readonly names: readonly string[];
  readonly values: Float64Array;
}

/** Bars of one instrument as columns, each `[T]`, in time order. */
export interface Bars {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** Absent where there is nothing beside prices and volume. */
  readonly measured?: Measured;
}

/** The columns' names, in the order in which they are written everywhere. */
export const barColumns = ["openTime", "open", "high", "low", "close", "volume"] as const satisfies (keyof Bars)[];

/** Every number of bars with its name, as it is hashed: the columns, and what is measured where there is any. */
export function hashedColumns(bars: Bars): (string | Float64Array)[] {
  const columns = barColumns.map((column) => bars[column]);
  return bars.measured === undefined ? columns : [...columns, bars.measured.names.join(), bars.measured.values];
}

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

/** Columns from rows; `measured` names what each row has measured beside its prices. */
export function barsFrom(rows: readonly Bar[], measured: readonly string[] = []): Bars {
  const bars = emptyBars(rows.length);
  for (const column of barColumns) rows.forEach((row, t) => (bars[column][t] = row[column]));
  const values = new Float64Array(rows.length * measured.length);
  rows.forEach((row, t) => {
    const found = row.measured?.length ?? 0;
    if (found !== measured.length) {
      invariant(false, "each measured number of a bar has a name", { t, numbers: found, names: measured.length });
    }
    if (row.measured !== undefined) values.set(row.measured, t * measured.length);
  });
  return measured.length === 0 ? bars : { ...bars, measured: { names: measured, values } };
}

/** The bar at index `t`; what is measured is a view on the same memory. */
export function barAt(bars: Bars, t: number): Bar {
  // Tested before the invariant, so that no facts are gathered while it holds.
  const length = bars.openTime.length;
  if (!(t >= 0 && t < length)) invariant(false, "a bar index lies in the series", { t, bars: length });
  const bar = {
    openTime: bars.openTime[t],
    open: bars.open[t],
    high: bars.high[t],
    low: bars.low[t],
    close: bars.close[t],
    volume: bars.volume[t],
  };
  return bars.measured === undefined ? bar : { ...bar, measured: measuredRows(bars.measured, t, t + 1).values };
}

/** Bars `from` (inclusive) to `to` (exclusive), as views on the same memory. */
export function sliceBars(bars: Bars, from: number, to: number): Bars {
  const slice = {
    openTime: bars.openTime.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  };
  return bars.measured === undefined ? slice : { ...slice, measured: measuredRows(bars.measured, from, to) };
}

function measuredRows({ names, values }: Measured, from: number, to: number): Measured {
  return { names, values: values.subarray(from * names.length, to * names.length) };
}

/** Copies of the bars at these indices, in their order. */
export function pickBars(bars: Bars, rows: ArrayLike<number>): Bars {
  const picked = emptyBars(rows.length);
  for (const column of barColumns) for (let t = 0; t < rows.length; t++) picked[column][t] = bars[column][rows[t]];
  if (bars.measured === undefined) return picked;
  const { names } = bars.measured;
  const values = new Float64Array(rows.length * names.length);
  for (let t = 0; t < rows.length; t++) {
    values.set(measuredRows(bars.measured, rows[t], rows[t] + 1).values, t * names.length);
  }
  return { ...picked, measured: { names, values } };
}

/** The same bars in memory of their own. */
export function copyBars(bars: Bars): Bars {
  const copy = emptyBars(bars.openTime.length);
  for (const column of barColumns) copy[column].set(bars[column]);
  if (bars.measured === undefined) return copy;
  return { ...copy, measured: { names: bars.measured.names, values: bars.measured.values.slice() } };
}

/** Length of a bar. */
export type Timeframe = "1s" | "10s" | "1m" | "5m" | "15m" | "30m" | "1h" | "4h" | "1d" | "1w";

const minuteMs = 60_000;

export const timeframeMs: Readonly<Record<Timeframe, number>> = {
  "1s": 1000,
  "10s": 10_000,
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
