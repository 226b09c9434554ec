/** @file The contract of an indicator, and how one is run over columns. */
import type { Bar, Bars } from "#domain/bar.ts";
import type { Part, Remembering } from "./memory.ts";
import { memoryOf, restoreState, stateOf } from "./memory.ts";

/** Numbers from bars, one closed bar at a time. It keeps no reference to a bar: the caller may reuse the object. */
export interface Indicator extends Remembering {
  /** Names of the numbers that one bar gives, e.g. `["adx", "plusDi", "minusDi"]`. */
  readonly outputs: readonly string[];
  /**
   * How many bars it takes until all outputs are known, together: after bar number `warmUpBars` (counted from 1) and
   * every later one they are finite, after the `warmUpBars − 1` bars before they are all NaN. At least 1.
   */
  readonly warmUpBars: number;
  /** Takes the next closed bar and writes `outputs.length` numbers into `into` from `at`, without an allocation. */
  next(bar: Bar, into: Float64Array, at: number): void;
  /** A copy of all it remembers. */
  state(): Float64Array;
  /** Makes it go on, to the bit, from where one of the same kind and settings gave this state. */
  restore(state: Float64Array): void;
}

/**
 * An indicator that is silent (NaN) for its first `warmUpBars − 1` bars, whatever `update` writes meanwhile;
 * `update` must write a finite number to each output from bar `warmUpBars` on. `parts` is everything that `update`
 * keeps from one bar to the next: what is not in there is lost when the indicator is saved.
 */
export function indicator(
  outputs: readonly string[],
  warmUpBars: number,
  parts: readonly Part[],
  update: (bar: Bar, into: Float64Array, at: number) => void,
): Indicator {
  /** Bars still to be silent for, this one included. */
  const missing = Float64Array.of(warmUpBars);
  const memory = [...memoryOf(parts), missing];
  return {
    outputs,
    warmUpBars,
    memory,
    next(bar, into, at) {
      update(bar, into, at);
      if (missing[0] > 0 && --missing[0] > 0) into.fill(NaN, at, at + outputs.length);
    },
    state: () => stateOf({ memory }),
    restore: (state) => restoreState({ memory }, state),
  };
}

/** Gives the bars `from` (inclusive) to `until` (exclusive), at most `atOnce`, in objects that the next call fills anew. */
export function barsInTurn(bars: Bars, atOnce: number): (from: number, until: number) => readonly Bar[] {
  const { openTime, open, high, low, close, volume, measured } = bars;
  const unknown = { openTime: NaN, open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
  const some = Array.from({ length: atOnce }, () => ({ ...unknown }));
  const rows = measured === undefined ? [] : some.map((bar) => withRow(bar, measured.names.length));
  return (from, until) => {
    for (let t = from; t < until; t++) {
      const bar = some[t - from];
      bar.openTime = openTime[t];
      bar.open = open[t];
      bar.high = high[t];
      bar.low = low[t];
      bar.close = close[t];
      bar.volume = volume[t];
      if (measured === undefined) continue;
      const row = rows[t - from];
      for (let k = 0; k < row.length; k++) row[k] = measured.values[t * row.length + k];
    }
    return some;
  };
}

/** Gives a bar its place for what is measured. */
function withRow(bar: Bar, length: number): Float64Array {
  const measured = new Float64Array(length);
  Object.assign(bar, { measured });
  return measured;
}

/** Runs an indicator over columns of bars; bar `t` writes into `into` from `at + t · stride`. */
export function runIndicator(
  { next }: Pick<Indicator, "next">,
  bars: Bars,
  into: Float64Array,
  at = 0,
  stride = 1,
): void {
  const turn = barsInTurn(bars, 1);
  for (let t = 0; t < bars.openTime.length; t++) next(turn(t, t + 1)[0], into, at + t * stride);
}

/** What an indicator says after each bar, `[T, outputs]`. */
export function indicatorColumns(source: Indicator, bars: Bars): Float64Array {
  const width = source.outputs.length;
  const columns = new Float64Array(bars.openTime.length * width);
  runIndicator(source, bars, columns, 0, width);
  return columns;
}
