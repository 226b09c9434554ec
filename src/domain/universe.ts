/** @file Instruments that are traded together, on one time axis. */
import { invariant } from "#base/invariant.ts";
import type { Bar, Bars, Timeframe } from "./bar.ts";
import { barAt, sliceBars } from "./bar.ts";
import type { CorporateAction } from "./corporate-action.ts";
import { dayStart } from "./day.ts";
import type { Instrument } from "./instrument.ts";

/** `instruments[i]` has the bars `bars[i]`; all share `openTime` `[T]`. */
export interface Universe {
  readonly name: string;
  readonly timeframe: Timeframe;
  readonly instruments: readonly Instrument[];
  readonly bars: readonly Bars[];
  readonly openTime: Float64Array;
  /** Splits and dividends of raw prices; absent where prices were adjusted for them, or where nobody said. */
  readonly actions?: readonly CorporateAction[];
}

/** A universe of series that already share their times. */
export function universe(
  name: string,
  timeframe: Timeframe,
  series: readonly { readonly instrument: Instrument; readonly bars: Bars }[],
): Universe {
  invariant(series.length > 0, "a universe holds at least one instrument", { name });
  const openTime = series[0].bars.openTime;
  for (const { instrument, bars } of series) {
    invariant(
      bars.openTime.length === openTime.length && bars.openTime.every((time, t) => time === openTime[t]),
      "the instruments of a universe share their times",
      { symbol: instrument.symbol },
    );
  }
  return {
    name,
    timeframe,
    instruments: series.map(({ instrument }) => instrument),
    bars: series.map(({ bars }) => bars),
    openTime,
  };
}

/** Value of one unit of each instrument at a price of 1, by symbol. */
export function contractSizesOf({ instruments }: Universe): Record<string, number> {
  return Object.fromEntries(instruments.map(({ symbol, contractSize }) => [symbol, contractSize]));
}

/** All instruments' bars at index `t`, in the order of the instruments. */
export function barsAt({ bars }: Universe, t: number): Bar[] {
  return bars.map((series) => barAt(series, t));
}

/** Bars `from` (inclusive) to `to` (exclusive) of every instrument, as views, with the corporate actions up to the last of them. */
export function sliceUniverse(whole: Universe, from: number, to: number): Universe {
  const bars = whole.bars.map((series) => sliceBars(series, from, to));
  const { openTime } = bars[0];
  const last = openTime.at(-1) ?? -Infinity;
  const actions = whole.actions?.filter(({ date }) => dayStart(date) <= last);
  return { ...whole, bars, openTime, ...(actions && { actions }) };
}

/** Index of the first bar that opens at or after `time`; T when there is none. */
export function firstBarFrom(openTime: Float64Array, time: number): number {
  let low = 0;
  let high = openTime.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (openTime[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
