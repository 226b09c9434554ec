/** @file Sessions against the time-zone database that the runtime brings along. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { barsPerSession, isDaily, newYorkOffset, sessionDay, sessionOf, timeOfSession } from "./sessions.ts";

const hourMs = 3_600_000;
const clock = new Intl.DateTimeFormat("en", {
  timeZone: "America/New_York",
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** New York's wall clock, read as UTC. */
function wallClock(time: number): number {
  const part = Object.fromEntries(clock.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part["year"], part["month"] - 1, part["day"], part["hour"], part["minute"], part["second"]);
}

const moment = fc.integer({ min: Date.UTC(1987, 0, 1) / 1000, max: Date.UTC(2036, 0, 1) / 1000 }).map((s) => s * 1000);

test("knows New York's clock at any second from 1987 on", () => {
  const offset = newYorkOffset();
  fc.assert(
    fc.property(moment, (time) => {
      expect(time + offset(time)).toBe(wallClock(time));
    }),
    { numRuns: 300 },
  );
  for (let year = 1987; year < 2036; year++) {
    for (let day = 0; day < 366; day++) {
      const noon = Date.UTC(year, 0, 1 + day, 12);
      expect(noon + offset(noon), new Date(noon).toISOString()).toBe(wallClock(noon));
    }
  }
});

test("begins the day of shares at New York's midnight, of currencies at its 17:00, of crypto at UTC's midnight", () => {
  const summer = Date.UTC(2024, 6, 1, 4);
  for (const [calendar, start] of [
    ["us-equities", summer],
    ["us-equities-extended", summer],
    ["fx", summer - 7 * hourMs],
    ["crypto", summer - 4 * hourMs],
  ] as const) {
    const day = sessionDay(calendar);
    expect(day(start) - day(start - 1), calendar).toBe(1);
    expect(day(start + 24 * hourMs - 1), calendar).toBe(day(start));
    expect(timeOfSession(calendar)(start), calendar).toBe(0);
    expect(timeOfSession(calendar)(start + hourMs), calendar).toBe(hourMs);
  }
});

test("makes each bar of a day or more a session of its own", () => {
  const context = { timeframe: "1w", instrument: { symbol: "X", calendar: "fx" } } as const;
  expect(isDaily("1w") && isDaily("1d") && !isDaily("4h")).toBe(true);
  expect(sessionOf(context)(7)).not.toBe(sessionOf(context)(8));
  expect(barsPerSession(context)).toBe(1);
  expect(barsPerSession({ ...context, timeframe: "1h" })).toBe(24);
  expect(barsPerSession({ timeframe: "1h", instrument: { symbol: "X", calendar: "us-equities" } })).toBe(7);
});
