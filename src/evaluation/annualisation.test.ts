import { expect, test } from "vitest";
import { emptyBars } from "#domain/bar.ts";
import type { Timeframe } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { CalendarName } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import { annualisation } from "./annualisation.ts";

const hour = 3_600_000;

/** Bars at the times of `count` hours from 2020-01-01 on for which `open` holds. */
function hours(count: number, calendar: CalendarName, timeframe: Timeframe, open: (at: Date) => boolean): Universe {
  const start = Date.UTC(2020, 0, 1);
  const times = Array.from({ length: count }, (_, n) => start + n * hour).filter((time) => open(new Date(time)));
  const bars = emptyBars(times.length);
  bars.openTime.set(times);
  return universe("hours", timeframe, [{ instrument: instrument("X", { calendar }), bars }]);
}

const twoYears = 2 * 365 * 24;
const weekday = (at: Date): boolean => at.getUTCDay() % 6 !== 0;

test("is the calendar's where the series has its bars", () => {
  expect(annualisation(hours(twoYears, "crypto", "1h", () => true))).toEqual({ barsPerYear: 8760, warning: undefined });
  const daily = hours(twoYears, "us-equities", "1d", (at) => weekday(at) && at.getUTCHours() === 0);
  expect(annualisation(daily), "weekdays without holidays are within the tolerance").toEqual({
    barsPerYear: 252,
    warning: undefined,
  });
});

test("counts the bars that are there where hours were left out, and says so", () => {
  const joined = hours(
    twoYears,
    "us-equities-extended",
    "1h",
    (at) => weekday(at) && at.getUTCHours() >= 14 && at.getUTCHours() < 21,
  );
  const { barsPerYear, warning } = annualisation(joined);
  expect(barsPerYear).toBeGreaterThan(1800);
  expect(barsPerYear, "not the 4,032 of 16 hours a day").toBeLessThan(1840);
  expect(warning).toMatch(/4032/);
});

test("trusts the calendar for a series of weeks", () => {
  expect(annualisation(hours(24 * 30, "crypto", "1h", (at) => at.getUTCHours() % 2 === 0)).barsPerYear).toBe(8760);
});
