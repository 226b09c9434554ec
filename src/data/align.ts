/** @file Several series to one universe: the bars that all of them have. */
import { Failure } from "#base/failure.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { pickBars } from "#domain/bar.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import { dayOf } from "#domain/day.ts";

/** One instrument's bars, in time order and without duplicates. */
export interface Series {
  readonly instrument: Instrument;
  readonly bars: Bars;
  readonly timeframe: Timeframe;
}

/** A universe, and how many bars of each of its instruments (same order) the others did not have. */
export interface Alignment {
  readonly universe: Universe;
  readonly droppedBars: readonly number[];
}

/**
 * The inner join of `series` by open time.
 * @throws Failure data/duplicate-symbol, data/no-common-bars (also where timeframes differ)
 */
export function alignUniverse(name: string, series: readonly Series[]): Alignment {
  const symbols = series.map(({ instrument }) => instrument.symbol);
  const twice = symbols.find((symbol, i) => symbols.indexOf(symbol) !== i);
  if (twice !== undefined) throw new Failure("data/duplicate-symbol", `${name} has ${twice} twice`, { symbol: twice });
  const odd = series.find(({ timeframe }) => timeframe !== series[0].timeframe);
  if (odd !== undefined) {
    const found = `${symbols[0]} has bars of ${series[0].timeframe}, ${odd.instrument.symbol} of ${odd.timeframe}`;
    throw new Failure("data/no-common-bars", found, { market: name });
  }
  const times = series.map(({ bars }) => bars.openTime).reduce(intersection);
  if (times.length === 0) {
    const spans = series.map(({ instrument, bars }) => `${instrument.symbol} ${spanOf(bars.openTime)}`);
    throw new Failure("data/no-common-bars", `no time is in all of ${spans.join(", ")}`, { market: name });
  }
  const aligned = series.map(({ instrument, bars }) => ({ instrument, bars: barsOf(bars, times) }));
  return {
    universe: universe(name, series[0].timeframe, aligned),
    droppedBars: series.map(({ bars }) => bars.openTime.length - times.length),
  };
}

function spanOf(openTime: Float64Array): string {
  if (openTime.length === 0) return "(no bars)";
  return `${dayOf(openTime[0])} to ${dayOf(openTime[openTime.length - 1])}`;
}

/** Times that are in both of two ascending columns. */
function intersection(a: Float64Array, b: Float64Array): Float64Array {
  const common = new Float64Array(Math.min(a.length, b.length));
  let count = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      common[count++] = a[i];
      i++;
      j++;
    } else if (a[i] < b[j]) {
      i++;
    } else {
      j++;
    }
  }
  return common.slice(0, count);
}

/** The bars at `times`, all of which the series has. */
function barsOf(bars: Bars, times: Float64Array): Bars {
  if (bars.openTime.length === times.length) return bars;
  const rows = new Int32Array(times.length);
  let from = 0;
  for (let t = 0; t < times.length; t++) {
    while (bars.openTime[from] !== times[t]) from++;
    rows[t] = from;
  }
  return pickBars(bars, rows);
}
