/** @file What is wrong with the times of a series, held against the calendar of its market. */
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import type { ExchangeCalendar } from "#domain/exchange-calendar.ts";
import { exchangeCalendar, sessionFinder } from "#domain/exchange-calendar.ts";
import type { MissingBars } from "./session-profile.ts";
import { weeksWithBar } from "./session-profile.ts";

const dayMs = timeframeMs["1d"];
const hourMs = timeframeMs["1h"];
const weekMs = timeframeMs["1w"];
/** The Unix epoch was a Thursday; weeks are counted from the Monday before. */
const mondayShiftMs = 3 * dayMs;
/** A time of the week at which fewer weeks of hundred have a bar is one that the series does not cover. */
const coveredShare = 0.2;
/** Hours that must be open or closed otherwise before another zone is suspected, and weeks before anything is. */
const zoneHours = 4;
const zoneWeeks = 4;

/** Whether the calendar knows all days of ascending times and counts them in sessions; a week of bars it does not. */
export function isKnown(openTime: Float64Array, timeframe: Timeframe, name: CalendarName): boolean {
  const { from, until } = exchangeCalendar(name);
  return timeframe !== "1w" && openTime.every((time) => time >= from + dayMs && time < until - dayMs);
}

/** Sessions in which bars are expected: pre- and after-market may pass without a trade. */
const expectedIn = (name: CalendarName): ExchangeCalendar =>
  exchangeCalendar(name === "us-equities-extended" ? "us-equities" : name);

/**
 * Bars of ascending times `[T]` that the calendar asks for and the series lacks, at times of the week that the series
 * covers at all.
 */
export function missingByCalendar(openTime: Float64Array, timeframe: Timeframe, name: CalendarName): MissingBars[] {
  const calendar = expectedIn(name);
  const spacing = timeframeMs[timeframe];
  const sessionOf = sessionFinder(calendar, timeframe);
  const { covered, slotOf } = coverage(openTime, timeframe, calendar);
  const dateOf = (time: number): number => sessionOf(time)?.date ?? NaN;
  const found: MissingBars[] = [];
  for (let index = 1; index < openTime.length; index++) {
    if (openTime[index] - openTime[index - 1] < 2 * spacing) continue;
    const datesWithBars = [dateOf(openTime[index - 1]), dateOf(openTime[index])];
    let missing = 0;
    let wholeDays = true;
    for (let time = openTime[index - 1] + spacing; time + spacing <= openTime[index]; time += spacing) {
      const session = sessionOf(time);
      if (session === undefined || covered[slotOf(time)] === 0) continue;
      missing++;
      if (datesWithBars.includes(session.date)) wholeDays = false;
    }
    if (missing > 0) found.push({ index, missing, wholeDays });
  }
  return found;
}

/** Indices of bars that lie in no session. */
export function barsOutside(openTime: Float64Array, timeframe: Timeframe, name: CalendarName): number[] {
  const sessionOf = sessionFinder(exchangeCalendar(name), timeframe);
  const found: number[] = [];
  for (let index = 0; index < openTime.length; index++) {
    if (sessionOf(openTime[index]) === undefined) found.push(index);
  }
  return found;
}

interface Coverage {
  /** 1 for each slot of the market's week that the series covers. */
  readonly covered: Uint8Array;
  readonly weeks: number;
  readonly slotOf: (time: number) => number;
}

/** Which times of the week a series has bars at, in slots of its timeframe by the market's own clocks. */
function coverage(
  openTime: Float64Array,
  timeframe: Timeframe,
  calendar: ExchangeCalendar,
  share = coveredShare,
): Coverage {
  const spacing = timeframeMs[timeframe];
  const localOf = (time: number): number =>
    time + (timeframe === "1d" ? 0 : calendar.zone.offsetMs(time)) + mondayShiftMs;
  const slotOf = (time: number): number => Math.floor((localOf(time) % weekMs) / spacing);
  const { counts, weeks } = weeksWithBar(openTime, localOf, weekMs / spacing, spacing);
  return { covered: Uint8Array.from(counts, (count) => (count > share * weeks ? 1 : 0)), weeks, slotOf };
}

/** Hours by which the week of a series looks late against the market's; 0 where nothing speaks for another zone. */
export function hoursLate(openTime: Float64Array, timeframe: Timeframe, name: CalendarName): number {
  if (name === "crypto" || timeframeMs[timeframe] > hourMs) return 0;
  const { covered, weeks } = coverage(openTime, timeframe, exchangeCalendar(name), 0.5);
  if (weeks < zoneWeeks) return 0;
  const slotsPerHour = hourMs / timeframeMs[timeframe];
  const hours = weekMs / hourMs;
  const seen = Uint8Array.from({ length: hours }, (_, hour) =>
    covered.subarray(hour * slotsPerHour, (hour + 1) * slotsPerHour).includes(1) ? 1 : 0,
  );
  const open = Uint8Array.from({ length: hours }, (_, hour) => (isOpenHour(name, hour) ? 1 : 0));
  const mismatch = (late: number): number =>
    seen.reduce((sum, value, hour) => sum + (value === open[(hour - late + hours) % hours] ? 0 : 1), 0);
  let best = 0;
  for (let late = -12; late <= 14; late++) {
    const better = mismatch(late) - mismatch(best);
    if (better < 0 || (better === 0 && Math.abs(late) < Math.abs(best))) best = late;
  }
  return mismatch(0) - mismatch(best) >= zoneHours ? best : 0;
}

/** Whether the market is open in an hour of a usual week, counted from Monday 00:00 of its own days. */
function isOpenHour(name: CalendarName, hour: number): boolean {
  const usualMonday = Date.UTC(2024, 0, 8);
  const calendar = exchangeCalendar(name);
  const local = usualMonday + hour * hourMs;
  const session = calendar.session(Math.floor(local / dayMs) * dayMs);
  if (session === undefined) return false;
  const time = local - calendar.zone.offsetMs(session.openTime);
  return time < session.closeTime && time + hourMs > session.openTime;
}
