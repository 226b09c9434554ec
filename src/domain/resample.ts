/** @file Bars to longer bars, one at a time or all at once, and what of them is known at each shorter bar. */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { Bar, Bars, Timeframe } from "./bar.ts";
import { barColumns, emptyBars, sliceBars, timeframeMs } from "./bar.ts";
import type { CalendarName } from "./instrument.ts";
import { dayMs } from "./day.ts";
import type { ExchangeCalendar, Session } from "./exchange-calendar.ts";
import { exchangeCalendar, sessionFinder } from "./exchange-calendar.ts";

export interface ResampleOptions {
  /** Length of the bars that come in. */
  readonly from: Timeframe;
  /** Length of the bars that come out; longer than `from`. */
  readonly to: Timeframe;
  readonly calendar: CalendarName;
}

/** Takes a longer bar and the moment at which it was complete, Unix ms UTC: nothing may know it before. */
type TakeBar = (bar: Bar, closeTime: number) => void;

export interface Resampler {
  /**
   * Takes the next shorter bar and hands over each longer bar that is complete by its close, in O(1). The object that is
   * handed over is used again after the call.
   * @throws InvariantBroken for a bar that does not open after the last; Failure data/unknown-timeframe for bars that
   * overlap across the end of a longer one; Failure data/no-calendar.
   */
  push(bar: Bar, take: TakeBar): void;
  /** Bars so far that opened and closed while the market was closed; they are left out. */
  outsideBars(): number;
  /** All that it keeps from one bar to the next: saved and put back, it goes on as if never interrupted. */
  readonly memory: readonly Float64Array[];
}

/** Longer bars, and for each the moment at which it was complete `[T]`. */
export interface ResampledBars {
  readonly bars: Bars;
  readonly closeTime: Float64Array;
  /** Shorter bars that were left out because the market was closed. */
  readonly outsideBars: number;
}

const weekMs = timeframeMs["1w"];
/** The Unix epoch was a Thursday; weeks start on the Monday before. */
const mondayShiftMs = 3 * dayMs;

/**
 * Makes longer bars from shorter ones. Minutes and hours start at full ones of UTC, four hours with the market's own day;
 * a day is a session and carries its date at 00:00 UTC, a week the date of its Monday. A longer bar is complete when its
 * time is over or its last session ends, whichever is first; one that has begun and is not complete is never given.
 * It has prices and volume only, whatever else is measured of the shorter ones.
 * @throws Failure cli/bad-option when `to` is not longer than `from`.
 */
export function resampler({ from, to, calendar: name }: ResampleOptions): Resampler {
  if (timeframeMs[to] <= timeframeMs[from]) {
    throw new Failure("cli/bad-option", `bars of ${from} cannot be made into bars of ${to}`, { from, to });
  }
  const calendar = exchangeCalendar(name);
  const sessionOf = sessionFinder(calendar, from);
  const length = timeframeMs[from];
  /** A longer bar of more than a session goes on while the market is closed. */
  const withinSession = to !== "1w";
  /** Open time of the last shorter bar, and how many were left out. */
  const seen = Float64Array.of(-Infinity, 0);
  /** The longer bar under way: its name in time, when it is over, and whether it holds anything that was not given. */
  const period = Float64Array.of(NaN, Infinity, 0);
  /** Its open, high, low, close and volume. */
  const sums = new Float64Array(5);
  const given = { openTime: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  const complete = (take: TakeBar): void => {
    if (period[2] === 0) return;
    period[2] = 0;
    given.openTime = period[0];
    [given.open, given.high, given.low, given.close, given.volume] = [sums[0], sums[1], sums[2], sums[3], sums[4]];
    take(given, period[1]);
  };
  const begin = (bar: Bar, next: number, session: Session): void => {
    if (next === period[0]) {
      const found = `a bar opens at ${new Date(bar.openTime).toISOString()} before the bar of ${from} that precedes it is over`;
      throw new Failure("data/unknown-timeframe", found, { openTime: bar.openTime });
    }
    period[0] = next;
    period[1] = periodClose(calendar, to, next, session);
    period[2] = 1;
    sums[0] = bar.open;
    sums[1] = bar.high;
    sums[2] = bar.low;
    sums[3] = bar.close;
    sums[4] = bar.volume;
  };
  const merge = (bar: Bar): void => {
    if (bar.high > sums[1]) sums[1] = bar.high;
    if (bar.low < sums[2]) sums[2] = bar.low;
    sums[3] = bar.close;
    sums[4] += bar.volume;
  };
  return {
    memory: [seen, period, sums],
    outsideBars: () => seen[1],

    push(bar, take) {
      const { openTime } = bar;
      invariant(openTime > seen[0], "bars come in time order", { openTime, last: seen[0] });
      seen[0] = openTime;
      // Before a longer bar within a session is over, all that opens belongs to it: no need to ask the calendar.
      if (period[2] === 1 && openTime < period[1] && withinSession) {
        merge(bar);
        if (openTime + length >= period[1]) complete(take);
        return;
      }
      const session = sessionOf(openTime);
      if (session === undefined) {
        seen[1]++;
      } else {
        const next = periodLabel(calendar, to, openTime, session);
        if (next !== period[0]) complete(take);
        if (period[2] === 1) merge(bar);
        else begin(bar, next, session);
      }
      if (period[2] === 1 && barClose(openTime, from, session) >= period[1]) complete(take);
    },
  };
}

/** The moment at which a bar is complete: a daily one at the end of its session. */
function barClose(openTime: number, timeframe: Timeframe, session: Session | undefined): number {
  return timeframe === "1d" && session !== undefined ? session.closeTime : openTime + timeframeMs[timeframe];
}

/** `openTime` of the longer bar that a shorter one belongs to. */
function periodLabel({ zone }: ExchangeCalendar, to: Timeframe, openTime: number, { date }: Session): number {
  if (to === "1d") return date;
  if (to === "1w") return Math.floor((date + mondayShiftMs) / weekMs) * weekMs - mondayShiftMs;
  const length = timeframeMs[to];
  if (to !== "4h") return Math.floor(openTime / length) * length;
  const sinceDayBegan = openTime + zone.offsetMs(openTime) - date;
  return openTime - (sinceDayBegan - Math.floor(sinceDayBegan / length) * length);
}

/** The moment from which on the market adds nothing to the longer bar `label`. */
function periodClose(calendar: ExchangeCalendar, to: Timeframe, label: number, session: Session): number {
  if (to === "1d") return session.closeTime;
  if (to !== "1w") return Math.min(label + timeframeMs[to], session.closeTime);
  let closes = session.closeTime;
  for (let date = session.date + dayMs; date < Math.min(label + weekMs, calendar.until); date += dayMs) {
    closes = calendar.session(date)?.closeTime ?? closes;
  }
  return closes;
}

/**
 * All longer bars of `bars`, as `resampler` gives them one by one.
 * @throws Failure data/measured-columns where there is more than prices and volume: nothing says what of it a longer bar has
 */
export function resample(bars: Bars, options: ResampleOptions): ResampledBars {
  if (bars.measured !== undefined) {
    const found = `bars of ${options.from} with ${bars.measured.names.join(", ")} were to be made into bars of ${options.to}`;
    throw new Failure("data/measured-columns", found, { measured: bars.measured.names });
  }
  const stream = resampler(options);
  let size = 1024;
  let longer = emptyBars(size);
  let closeTime = new Float64Array(size);
  let count = 0;
  const take: TakeBar = (bar, closedAt) => {
    if (count === size) {
      size *= 2;
      longer = grown(longer, size);
      closeTime = grownColumn(closeTime, size);
    }
    for (const column of barColumns) longer[column][count] = bar[column];
    closeTime[count++] = closedAt;
  };
  const bar = { openTime: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  for (let t = 0; t < bars.openTime.length; t++) {
    bar.openTime = bars.openTime[t];
    bar.open = bars.open[t];
    bar.high = bars.high[t];
    bar.low = bars.low[t];
    bar.close = bars.close[t];
    bar.volume = bars.volume[t];
    stream.push(bar, take);
  }
  const outsideBars = stream.outsideBars();
  return { bars: sliceBars(longer, 0, count), closeTime: closeTime.subarray(0, count), outsideBars };
}

function grown(bars: Bars, size: number): Bars {
  const larger = emptyBars(size);
  for (const column of barColumns) larger[column].set(bars[column]);
  return larger;
}

function grownColumn(column: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size);
  larger.set(column);
  return larger;
}

/** The moments at which bars that open at `openTime` `[T]` are complete `[T]`. */
export function closeTimes(openTime: Float64Array, timeframe: Timeframe, calendar: CalendarName): Float64Array {
  const sessionOf = sessionFinder(exchangeCalendar(calendar), timeframe);
  return openTime.map((time) => barClose(time, timeframe, sessionOf(time)));
}

/**
 * For each shorter bar that is complete at `closeTime` `[T]`, the index of the last longer bar that was complete by then,
 * −1 where there is none `[T]`.
 */
export function asOf(closeTime: Float64Array, longerCloseTime: Float64Array): Int32Array {
  let index = -1;
  return Int32Array.from(closeTime, (time) => {
    while (index + 1 < longerCloseTime.length && longerCloseTime[index + 1] <= time) index++;
    return index;
  });
}

/** A column of longer bars as each shorter bar knows it, by the index of `asOf`; NaN where none is known yet. */
export function joined(column: Float64Array, index: Int32Array): Float64Array {
  return Float64Array.from(index, (at) => (at < 0 ? NaN : column[at]));
}
