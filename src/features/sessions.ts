/** @file Which session a bar belongs to, from its time alone: days of New York for shares, its 17:00 to 17:00 for currencies, UTC days for crypto. */
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { barsPerYear } from "#domain/instrument.ts";
import type { FeatureContext } from "./feature.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Midnight UTC of the Sunday that is `sundays` Sundays after the first one on or after a day. */
function sundayFrom(year: number, month: number, day: number, sundays = 0): number {
  const start = Date.UTC(year, month, day);
  // 1970-01-01 was a Thursday: day 3 of the epoch was its first Sunday.
  const sinceSunday = (((Math.floor(start / dayMs) - 3) % 7) + 7) % 7;
  return start + ((sinceSunday === 0 ? 0 : 7 - sinceSunday) + 7 * sundays) * dayMs;
}

/** Summer time of New York in a year, Unix ms: since 2007 March to November, before that April to October (15 U.S.C. 260a). */
function summerOf(year: number): readonly [from: number, until: number] {
  const begins = year >= 2007 ? sundayFrom(year, 2, 1, 1) : sundayFrom(year, 3, 1);
  const ends = year >= 2007 ? sundayFrom(year, 10, 1) : sundayFrom(year, 9, 25);
  return [begins + 7 * hourMs, ends + 6 * hourMs];
}

/** Offset of New York's clocks, ms to add to UTC. The rules are those since 1987; the year last asked for is kept. */
export function newYorkOffset(): (time: number) => number {
  let [yearFrom, yearUntil, summerFrom, summerUntil] = [Infinity, -Infinity, 0, 0];
  return (time) => {
    if (time < yearFrom || time >= yearUntil) {
      const year = new Date(time).getUTCFullYear();
      [yearFrom, yearUntil] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
      [summerFrom, summerUntil] = summerOf(year);
    }
    return (time >= summerFrom && time < summerUntil ? -4 : -5) * hourMs;
  };
}

/** The day of a session, counted from 1970-01-01, to which a moment belongs. */
export function sessionDay(calendar: CalendarName): (time: number) => number {
  const marketTimeOf = marketTime(calendar);
  return (time) => Math.floor(marketTimeOf(time) / dayMs);
}

/** Does a bar of this length hold a whole session? */
export function isDaily(timeframe: Timeframe): boolean {
  return timeframeMs[timeframe] >= dayMs;
}

/** Names the session of a bar by a number; of bars of a day or more each is its own session. */
export function sessionOf({ timeframe, instrument }: FeatureContext): (openTime: number) => number {
  return isDaily(timeframe) ? (openTime) => openTime : sessionDay(instrument.calendar);
}

/** Bars of a usual session. */
export function barsPerSession({ timeframe, instrument: { calendar } }: FeatureContext): number {
  return isDaily(timeframe) ? 1 : barsPerYear(calendar, timeframe) / barsPerYear(calendar, "1d");
}

/** A market's own clock: New York's, for currencies seven hours ahead of it so that its day ends at midnight, UTC for crypto. */
export function marketTime(calendar: CalendarName): (time: number) => number {
  const offset = newYorkOffset();
  const shift = calendar === "fx" ? 7 * hourMs : 0;
  return (time) => (calendar === "crypto" ? time : time + offset(time) + shift);
}

/** Milliseconds since midnight of the market's own clock. */
export function timeOfSession(calendar: CalendarName): (time: number) => number {
  const marketTimeOf = marketTime(calendar);
  return (time) => {
    const local = marketTimeOf(time);
    return local - Math.floor(local / dayMs) * dayMs;
  };
}
