/** @file The columns of one instrument, side by side in a row, and how they are written: bar by bar, or a few bars at once. */
import { invariant } from "#base/invariant.ts";
import type { Bar, Bars } from "#domain/bar.ts";
import type { Derivation, Feature, FeatureContext } from "./feature.ts";
import { columnNames } from "./feature.ts";
import type { Indicator } from "./indicator.ts";
import { barsInTurn } from "./indicator.ts";

interface Column {
  readonly indicator: Pick<Indicator, "next" | "memory">;
  /** Place of its first output among the instrument's columns. */
  readonly at: number;
}

export interface InstrumentColumns {
  readonly columns: readonly Column[];
  /** How many numbers they are. */
  readonly width: number;
}

/** Fresh indicators for one instrument, each with its place. */
export function instrumentColumns(features: readonly Feature[], context: FeatureContext): InstrumentColumns {
  const names: string[] = [];
  const columns = features.map((feature): Column => {
    const { derive } = feature;
    const at = names.length;
    const indicator = derive === undefined ? feature.create(context) : derived(derive, names);
    names.push(...columnNames(feature, context));
    return { indicator, at };
  });
  return { columns, width: names.length };
}

/** Writes what follows from the columns before it, whose names are given. */
function derived({ from, write }: Derivation, names: readonly string[]): Column["indicator"] {
  const distances = from.map((name) => {
    const place = names.indexOf(name);
    invariant(place >= 0, "a feature is derived from columns that come before it", { name });
    return names.length - place;
  });
  const places = [...distances];
  return {
    memory: [],
    next(_, into, at) {
      for (let k = 0; k < places.length; k++) places[k] = at - distances[k];
      write(into, places, at);
    },
  };
}

/** Takes the next bar of each instrument and writes their row, `[F]`. */
export function writeRow(instruments: readonly InstrumentColumns[], bars: readonly Bar[], row: Float64Array): void {
  let start = 0;
  for (let i = 0; i < instruments.length; i++) {
    for (const { indicator, at } of instruments[i].columns) indicator.next(bars[i], row, start + at);
    start += instruments[i].width;
  }
}

/** A feature may be silent only while it warms up: the world is not acted upon with a NaN in view. */
export function checkFinite(row: Float64Array, from: number, width: number, t: number): void {
  for (let at = from; at < from + width; at++) {
    if (!Number.isFinite(row[at])) invariant(false, "features are finite once warm", { row: t, column: at - from });
  }
}

const barsAtOnce = 32;

/**
 * The numbers of all instruments over their bars, `[T, F]`; from row `firstKnown` on they must be finite. One indicator
 * after another runs over a few bars of an instrument and writes beside the last: the bars, what the indicators remember
 * and the few short rows stay in the nearest cache, which the table's long rows would not.
 */
export function tableOf(
  instruments: readonly InstrumentColumns[],
  bars: readonly Bars[],
  firstKnown: number,
): Float64Array {
  const rows = bars[0].openTime.length;
  const widths = instruments.map(({ width }) => width);
  const rowWidth = widths.reduce((sum, width) => sum + width, 0);
  const table = new Float64Array(rows * rowWidth);
  const few = new Float64Array(barsAtOnce * Math.max(...widths));
  const turns = bars.map((series) => barsInTurn(series, barsAtOnce));
  for (let from = 0; from < rows; from += barsAtOnce) {
    const until = Math.min(from + barsAtOnce, rows);
    let start = from * rowWidth;
    let finite = true;
    for (let i = 0; i < instruments.length; i++) {
      const some = turns[i](from, until);
      for (const column of instruments[i].columns) runColumn(column, some, until - from, few, widths[i]);
      finite = copyRows(few, widths[i], until - from, table, start, rowWidth) && finite;
      start += widths[i];
    }
    if (finite) continue;
    for (let t = Math.max(from, firstKnown); t < until; t++) checkFinite(table, t * rowWidth, rowWidth, t);
  }
  return table;
}

function runColumn(
  { indicator, at }: Column,
  some: readonly Bar[],
  count: number,
  into: Float64Array,
  width: number,
): void {
  for (let k = 0; k < count; k++) indicator.next(some[k], into, k * width + at);
}

/** Copies rows that lie side by side to where each begins `stride` after the last; are all their numbers finite? */
function copyRows(
  from: Float64Array,
  width: number,
  count: number,
  to: Float64Array,
  start: number,
  stride: number,
): boolean {
  // x − x is 0 for every finite x and NaN for all else.
  let zero = 0;
  for (let k = 0; k < count; k++) {
    for (let at = 0; at < width; at++) {
      const value = from[k * width + at];
      to[start + k * stride + at] = value;
      zero += value - value;
    }
  }
  return zero === 0;
}
