/** @file When a market is open: its sessions, each with its day, in UTC with the daylight saving of New York. */
import { Failure } from "#base/failure.ts";
import type { Timeframe } from "./bar.ts";
import { timeframeMs } from "./bar.ts";
import type { CalendarName } from "./instrument.ts";
import { dayMs, dayOf } from "./day.ts";
import { nyseDay, nyseYears } from "./calendars/nyse.ts";
import type { TimeZone } from "./time-zone.ts";
import { timeZone, utcCandidates } from "./time-zone.ts";

/** One day of trading. */
export interface Session {
  /** The exchange's day, as its 00:00 UTC: what a daily bar carries as `openTime`. */
  readonly date: number;
  /** Unix ms UTC. */
  readonly openTime: number;
  readonly closeTime: number;
  /** Closes before its usual time. */
  readonly early: boolean;
}

export interface ExchangeCalendar {
  readonly name: CalendarName;
  /** Zone in whose days the market counts: a session never spans two of them. */
  readonly zone: TimeZone;
  /** Days that are known, as 00:00 UTC: `from` inclusive, `until` exclusive. */
  readonly from: number;
  readonly until: number;
  /** The exchange's day, as its 00:00 UTC, to which a moment belongs. */
  dateOf(time: number): number;
  /**
   * The session of a day given as its 00:00 UTC; `undefined` where the market is closed.
   * @throws Failure data/no-calendar for a day that is not known.
   */
  session(date: number): Session | undefined;
}

const hourMs = 3_600_000;

/** Hours of a session in its zone's local time, counted from the start of its day. */
interface Hours {
  readonly opens: number;
  readonly closes: number;
  readonly closesEarly: number;
}

interface Rules {
  readonly zone: string;
  readonly hours: Hours;
  readonly day: (date: number) => "full" | "early" | "closed";
  readonly from: number;
  readonly until: number;
}

const wholeDay: Hours = { opens: 0, closes: 24, closesEarly: 24 };
const always = { from: Date.UTC(1970, 0, 1), until: Date.UTC(2200, 0, 1) };
const nyse = { from: Date.UTC(nyseYears.from, 0, 1), until: Date.UTC(nyseYears.until + 1, 0, 1) };
const weekday = (date: number): "full" | "closed" => (new Date(date).getUTCDay() % 6 === 0 ? "closed" : "full");

const rules: Readonly<Record<CalendarName, Rules>> = {
  "us-equities": {
    zone: "America/New_York",
    hours: { opens: 9.5, closes: 16, closesEarly: 13 },
    day: nyseDay,
    ...nyse,
  },
  // Pre- and after-market; the latter ends at 17:00 after an early close.
  "us-equities-extended": {
    zone: "America/New_York",
    hours: { opens: 4, closes: 20, closesEarly: 17 },
    day: nyseDay,
    ...nyse,
  },
  // From Sunday 17:00 to Friday 17:00 in New York. The day of currencies ends at 17:00, so it is a day of New York + 7.
  fx: { zone: "America/New_York+7", hours: wholeDay, day: weekday, ...always },
  crypto: { zone: "UTC", hours: wholeDay, day: () => "full", ...always },
};

const calendars = new Map<CalendarName, ExchangeCalendar>();

/** The calendar of that name. Currencies have no holidays of their own: what a broker closes for differs. */
export function exchangeCalendar(name: CalendarName): ExchangeCalendar {
  const known = calendars.get(name) ?? calendarBy(name, rules[name]);
  calendars.set(name, known);
  return known;
}

function calendarBy(name: CalendarName, { zone: zoneName, hours, day, from, until }: Rules): ExchangeCalendar {
  const zone = timeZone(zoneName);
  const sessions = new Map<number, Session | undefined>();
  const utc = (local: number): number => utcCandidates(local, zone)[0];
  const sessionOf = (date: number): Session | undefined => {
    const kind = day(date);
    if (kind === "closed") return undefined;
    const closes = kind === "early" ? hours.closesEarly : hours.closes;
    return {
      date,
      openTime: utc(date + hours.opens * hourMs),
      closeTime: utc(date + closes * hourMs),
      early: kind === "early",
    };
  };
  return {
    name,
    zone,
    from,
    until,
    dateOf: (time) => Math.floor((time + zone.offsetMs(time)) / dayMs) * dayMs,
    session(date) {
      if (!(date >= from && date < until)) {
        const found = `${name} is known from ${dayOf(from)} to ${dayOf(until - dayMs)}`;
        throw new Failure("data/no-calendar", `${found}, and was asked for ${dayOf(date)}`, { calendar: name, date });
      }
      if (!sessions.has(date)) sessions.set(date, sessionOf(date));
      return sessions.get(date);
    },
  };
}

/** Sessions whose days lie from `from` (inclusive) to `until` (exclusive), both as 00:00 UTC. */
export function sessionsBetween(calendar: ExchangeCalendar, from: number, until: number): Session[] {
  const found: Session[] = [];
  for (let date = from; date < until; date += dayMs) {
    const session = calendar.session(date);
    if (session !== undefined) found.push(session);
  }
  return found;
}

/** Finds the session that a bar lies in, at least in part; `undefined` where the market is closed throughout. */
export function sessionFinder(
  calendar: ExchangeCalendar,
  timeframe: Timeframe,
): (openTime: number) => Session | undefined {
  // Daily bars are named by their date, not by a moment.
  if (timeframe === "1d") return (openTime) => calendar.session(Math.floor(openTime / dayMs) * dayMs);
  const length = timeframeMs[timeframe];
  const overlaps = (session: Session | undefined, openTime: number): boolean =>
    session !== undefined && openTime < session.closeTime && openTime + length > session.openTime;
  let current: Session | undefined;
  return (openTime) => {
    if (overlaps(current, openTime)) return current;
    const first = calendar.session(calendar.dateOf(openTime));
    if (overlaps(first, openTime)) return (current = first);
    const second = calendar.session(calendar.dateOf(openTime + length - 1));
    return overlaps(second, openTime) ? (current = second) : undefined;
  };
}
