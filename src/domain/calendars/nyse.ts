/** @file Days on which the New York Stock Exchange and Nasdaq trade, and those on which they close at 13:00. */

/**
 * Source: the holidays and early closings that NYSE publishes each year (Rule 7.2 of NYSE names the holidays) and its
 * notices of special closings. Computed by rule from 2000 to 2030; a special closing that is announced after this was
 * written is not in it. Delayed openings are not in it either.
 */
export const nyseYears = { from: 2000, until: 2030 } as const;

const dayMs = 86_400_000;

/** Mourning, terror and storms: closed on days on which no rule closes. */
const specialClosings: ReadonlySet<string> = new Set([
  "2001-09-11",
  "2001-09-12",
  "2001-09-13",
  "2001-09-14",
  "2004-06-11",
  "2007-01-02",
  "2012-10-29",
  "2012-10-30",
  "2018-12-05",
  "2025-01-09",
]);

/** Early closings at 13:00 that no rule gives. */
const specialEarlyClosings: ReadonlySet<string> = new Set(["2003-12-26"]);

interface YearOfDays {
  readonly holidays: ReadonlySet<number>;
  readonly early: ReadonlySet<number>;
}

const years = new Map<number, YearOfDays>();

/** `full`, `early` (13:00 in New York) or `closed`, for a day given as its 00:00 UTC. */
export function nyseDay(date: number): "full" | "early" | "closed" {
  const weekday = new Date(date).getUTCDay();
  if (weekday === 0 || weekday === 6) return "closed";
  const year = new Date(date).getUTCFullYear();
  const days = years.get(year) ?? daysOf(year);
  years.set(year, days);
  if (days.holidays.has(date)) return "closed";
  return days.early.has(date) ? "early" : "full";
}

function daysOf(year: number): YearOfDays {
  const thanksgiving = nthWeekday(year, 10, 4, 4);
  const holidays = [
    newYear(year),
    nthWeekday(year, 0, 1, 3), // Martin Luther King, since 1998
    nthWeekday(year, 1, 1, 3), // Washington's birthday
    easterSunday(year) - 2 * dayMs, // Good Friday
    lastMonday(year, 4), // Memorial Day
    year >= 2022 ? observed(Date.UTC(year, 5, 19)) : undefined, // Juneteenth
    observed(Date.UTC(year, 6, 4)),
    nthWeekday(year, 8, 1, 1), // Labor Day
    thanksgiving,
    observed(Date.UTC(year, 11, 25)),
    ...ofYear(specialClosings, year),
  ].filter((date) => date !== undefined);
  const early = [
    thanksgiving + dayMs,
    Date.UTC(year, 11, 24),
    aroundIndependence(year),
    ...ofYear(specialEarlyClosings, year),
  ];
  return { holidays: new Set(holidays), early: new Set(early) };
}

/** A holiday on a Saturday is kept on the Friday before, on a Sunday on the Monday after. */
function observed(date: number): number {
  const weekday = new Date(date).getUTCDay();
  if (weekday === 6) return date - dayMs;
  return weekday === 0 ? date + dayMs : date;
}

/** New Year on a Saturday is not kept at all: the Friday before ends the books of a year. */
function newYear(year: number): number | undefined {
  const date = Date.UTC(year, 0, 1);
  return new Date(date).getUTCDay() === 6 ? undefined : observed(date);
}

/** 3 July, except a Wednesday before 2013, for which the Friday after the holiday closed early. */
function aroundIndependence(year: number): number {
  const third = Date.UTC(year, 6, 3);
  return new Date(third).getUTCDay() === 3 && year < 2013 ? third + 2 * dayMs : third;
}

/** The `nth` `weekday` (0 is Sunday) of a month (0 is January). */
function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
  return Date.UTC(year, month, 1 + ((weekday - first + 7) % 7) + 7 * (nth - 1));
}

function lastMonday(year: number, month: number): number {
  const last = Date.UTC(year, month + 1, 0);
  return last - ((new Date(last).getUTCDay() + 6) % 7) * dayMs;
}

/** Easter by the Gregorian rule (Meeus, Jones and Butcher). */
function easterSunday(year: number): number {
  const moon = year % 19;
  const [century, inCentury] = [Math.floor(year / 100), year % 100];
  const shift = Math.floor((8 * century + 13) / 25);
  const epact = (19 * moon + century - Math.floor(century / 4) - shift + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7;
  const late = Math.floor((moon + 11 * epact + 22 * weekday) / 451);
  const days = epact + weekday - 7 * late + 114;
  return Date.UTC(year, Math.floor(days / 31) - 1, (days % 31) + 1);
}

const ofYear = (days: ReadonlySet<string>, year: number): number[] =>
  [...days].filter((day) => day.startsWith(`${year}-`)).map((day) => Date.parse(day));
