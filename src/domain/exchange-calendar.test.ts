import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { calendarNames } from "./instrument.ts";
import { needs, sharedData } from "../../test/requirements.ts";
import { readBarsFile } from "#data/bars-file.ts";
import { exchangeCalendar, sessionsBetween } from "./exchange-calendar.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const stocks = exchangeCalendar("us-equities");
const iso = (time: number): string => new Date(time).toISOString();
const dayText = (time: number): string => iso(time).slice(0, 10);
const weekdays = (from: string, until: string): number[] => {
  const found: number[] = [];
  for (let date = Date.parse(from); date <= Date.parse(until); date += dayMs) {
    if (new Date(date).getUTCDay() % 6 !== 0) found.push(date);
  }
  return found;
};

/** What wall clocks in New York show, by the runtime's own formatter. */
const newYork = (time: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "America/New_York", dateStyle: "short", timeStyle: "short" }).format(
    time,
  );

test("closes New York on the holidays that NYSE published for these years", () => {
  const closed = (year: number): string[] =>
    weekdays(`${year}-01-01`, `${year}-12-31`)
      .filter((date) => stocks.session(date) === undefined)
      .map((date) => dayText(date).slice(5));
  expect(closed(2001).join(" ")).toBe("01-01 01-15 02-19 04-13 05-28 07-04 09-03 09-11 09-12 09-13 09-14 11-22 12-25");
  expect(closed(2012).join(" ")).toBe("01-02 01-16 02-20 04-06 05-28 07-04 09-03 10-29 10-30 11-22 12-25");
  expect(closed(2021).join(" ")).toBe("01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24");
  expect(closed(2022).join(" "), "New Year on a Saturday is not kept").toBe(
    "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26",
  );
  expect(closed(2025).join(" ")).toBe("01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25");
  expect(closed(2026).join(" ")).toBe("01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25");
});

test("closes New York early on the days that NYSE published", () => {
  const early = (from: number, until: number): string =>
    sessionsBetween(stocks, Date.UTC(from, 0, 1), Date.UTC(until + 1, 0, 1))
      .filter((session) => session.early)
      .map(({ date }) => dayText(date))
      .join(" ");
  expect(early(2002, 2004)).toBe(
    "2002-07-05 2002-11-29 2002-12-24 2003-07-03 2003-11-28 2003-12-24 2003-12-26 2004-11-26",
  );
  expect(early(2006, 2009)).toBe(
    "2006-07-03 2006-11-24 2007-07-03 2007-11-23 2007-12-24 2008-07-03 2008-11-28 2008-12-24 2009-11-27 2009-12-24",
  );
  expect(early(2012, 2013)).toBe("2012-07-03 2012-11-23 2012-12-24 2013-07-03 2013-11-29 2013-12-24");
  expect(early(2024, 2026)).toBe(
    "2024-07-03 2024-11-29 2024-12-24 2025-07-03 2025-11-28 2025-12-24 2026-11-27 2026-12-24",
  );
});

test("opens and closes New York by its own clocks, whatever daylight saving does", () => {
  const dates = weekdays("2000-01-01", "2030-12-31").filter((date) => stocks.session(date) !== undefined);
  expect(dates.length).toBeGreaterThan(7700);
  fc.assert(
    fc.property(fc.constantFrom(...dates), (date) => {
      const { openTime, closeTime, early } = stocks.session(date)!;
      expect(newYork(openTime)).toBe(`${dayText(date)} 09:30`);
      expect(newYork(closeTime)).toBe(`${dayText(date)} ${early ? "13:00" : "16:00"}`);
      expect(stocks.dateOf(openTime)).toBe(date);
      expect(stocks.dateOf(closeTime - 1)).toBe(date);
    }),
  );
});

/** Does a Sunday on which New York's clocks change lie between two dates? By the laws of 1986 and of 2005. */
function clocksChanged(from: number, until: number): number {
  let hours = 0;
  for (let date = from; date < until; date += dayMs) {
    const day = new Date(date);
    if (day.getUTCDay() !== 0) continue;
    const [month, dayOfMonth] = [day.getUTCMonth() + 1, day.getUTCDate()];
    const nth = Math.ceil(dayOfMonth / 7);
    const late = day.getUTCFullYear() >= 2007;
    if (late ? month === 3 && nth === 2 : month === 4 && nth === 1) hours--;
    if (late ? month === 11 && nth === 1 : month === 10 && dayOfMonth > 24) hours++;
  }
  return hours;
}

test.each(["us-equities", "us-equities-extended", "fx"] as const)(
  "moves the sessions of %s by an hour of UTC where New York's clocks change, and nowhere else",
  (name) => {
    const sessions = sessionsBetween(exchangeCalendar(name), Date.UTC(2000, 0, 3), Date.UTC(2030, 11, 31));
    let moved = 0;
    for (let at = 1; at < sessions.length; at++) {
      const [before, session] = [sessions[at - 1], sessions[at]];
      const shift = session.openTime - session.date - (before.openTime - before.date);
      const expected = clocksChanged(before.date, session.date) * hourMs;
      if (shift !== expected) expect(shift, dayText(session.date)).toBe(expected);
      if (shift !== 0) moved++;
    }
    expect(moved, "twice a year").toBe(2 * 31);
  },
);

test("opens currencies from Sunday 17:00 to Friday 17:00 in New York without a pause", () => {
  const fx = exchangeCalendar("fx");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1600 }), (week) => {
      const monday = Date.UTC(2000, 0, 3) + week * 7 * dayMs;
      const sessions = sessionsBetween(fx, monday, monday + 7 * dayMs);
      expect(sessions.map(({ date }) => (date - monday) / dayMs)).toEqual([0, 1, 2, 3, 4]);
      expect(newYork(sessions[0].openTime)).toBe(`${dayText(monday - dayMs)} 17:00`);
      expect(newYork(sessions[4].closeTime)).toBe(`${dayText(monday + 4 * dayMs)} 17:00`);
      for (let at = 1; at < 5; at++) expect(sessions[at].openTime).toBe(sessions[at - 1].closeTime);
    }),
    { numRuns: 50 },
  );
});

test("never closes crypto", () => {
  const crypto = exchangeCalendar("crypto");
  const sessions = sessionsBetween(crypto, Date.UTC(2020, 0, 1), Date.UTC(2021, 0, 1));
  expect(sessions).toHaveLength(366);
  for (const { date, openTime, closeTime } of sessions) expect([openTime, closeTime]).toEqual([date, date + dayMs]);
});

test("has sessions that follow each other and belong to their own day", () => {
  fc.assert(
    fc.property(fc.constantFrom(...calendarNames), fc.integer({ min: 0, max: 10_000 }), (name, day) => {
      const calendar = exchangeCalendar(name);
      const date = Date.UTC(2000, 0, 1) + day * dayMs;
      const sessions = sessionsBetween(calendar, date, date + 10 * dayMs);
      sessions.forEach((session, at) => {
        expect(session.closeTime).toBeGreaterThan(session.openTime);
        expect(session.closeTime - session.openTime).toBeLessThanOrEqual(25 * hourMs);
        expect(calendar.dateOf(session.openTime)).toBe(session.date);
        expect(calendar.dateOf(session.closeTime - 1)).toBe(session.date);
        if (at > 0) expect(session.openTime).toBeGreaterThanOrEqual(sessions[at - 1].closeTime);
      });
    }),
  );
});

test("refuses days that it does not know, and says which it does", () => {
  expect(() => stocks.session(Date.UTC(1999, 11, 31))).toThrow(
    /us-equities is known from 2000-01-01 to 2030-12-31, and was asked for 1999-12-31/,
  );
  expect(() => stocks.session(Date.UTC(2031, 0, 1))).toThrow(/asked for 2031-01-01/);
});

test.skipIf(!needs.sharedData())(
  "has a session on every day on which SPY traded from 2005 to 2023, and no other",
  async () => {
    const { bars } = await readBarsFile(join(sharedData, "us_equities_daily/SPY.csv.gz"));
    const last = bars.openTime[bars.openTime.length - 1];
    const sessions = sessionsBetween(stocks, bars.openTime[0], last + dayMs);
    expect(bars.openTime.length).toBeGreaterThan(4700);
    expect(sessions.map(({ date }) => dayText(date))).toEqual(Array.from(bars.openTime, dayText));
  },
);

test.skipIf(!needs.sharedData())("ends the after-market when SPY's hourly bars end, on early days too", async () => {
  const extended = exchangeCalendar("us-equities-extended");
  const { bars } = await readBarsFile(join(sharedData, "us_equities_1h/SPY_1h.csv.gz"));
  const sessions = sessionsBetween(extended, Date.UTC(2020, 6, 27), Date.UTC(2024, 11, 28));
  const early = sessions.filter((session) => session.early);
  expect(early.length).toBeGreaterThan(8);
  for (const { date, closeTime } of early) {
    const ofDay = bars.openTime.filter((time) => extended.dateOf(time) === date);
    expect(Math.max(...ofDay), dayText(date)).toBeLessThan(closeTime);
  }
  const outside = bars.openTime.filter((time) => {
    const session = extended.session(extended.dateOf(time));
    return session === undefined || time < session.openTime || time >= session.closeTime;
  });
  expect(outside.length / bars.openTime.length, "a few stray bars at 20:00").toBeLessThan(0.001);
});
