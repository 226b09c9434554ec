/** @file Months by hand. */
import { expect, test } from "vitest";
import { monthlyReturns } from "./monthly-returns.ts";

const times = ["2019-12-30", "2019-12-31", "2020-01-02", "2020-01-31", "2020-03-02"].map((day) => Date.parse(day));

test("takes a month from the close before its first bar to its last, and a year alike", () => {
  const [first, second, ...more] = monthlyReturns(times, [[100, 110, 121, 99, 198]]);
  expect(more).toEqual([]);
  expect(first.year).toBe(2019);
  expect(first.months[11]).toBeCloseTo(0.1, 12);
  expect(first.total).toBeCloseTo(0.1, 12);
  expect(second.months[0]).toBeCloseTo(99 / 110 - 1, 12);
  expect(second.months[1], "no bar in February").toBeUndefined();
  expect(second.months[2]).toBeCloseTo(1, 12);
  expect(second.total).toBeCloseTo(198 / 110 - 1, 12);
});

test("averages the returns of several runs, not their equity", () => {
  const [, year] = monthlyReturns(times, [
    [100, 100, 100, 200, 200],
    [100, 300, 300, 300, 300],
  ]);
  expect(year.months[0]).toBeCloseTo(0.5, 12);
});

test("has 0 for a constant equity and after ruin", () => {
  expect(monthlyReturns(times, [[7, 7, 7, 7, 7]]).map(({ total }) => total)).toEqual([0, 0]);
  expect(monthlyReturns(times, [[100, 0, 0, 0, 0]])[1].total).toBe(0);
  expect(monthlyReturns(times, [[100, -5, -5, -5, -5]])[0].total).toBe(-1);
});
