/** @file Pivot points: the contract, and levels worked by hand from the session before. */
import { expect, test } from "vitest";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { pivotPoints } from "./pivot-points.ts";

const hourMs = 3_600_000;
const dayOf = (openTime: number): number => Math.floor(openTime / (24 * hourMs));

indicatorContract("pivot points of days", () => pivotPoints((openTime) => openTime, 1));
indicatorContract("pivot points within the day", () => pivotPoints(dayOf, 24), hourMs);

/** A session of three bars with this high, low and close. */
function session(day: number, high: number, low: number, close: number) {
  const bars = stillBars(3, close, 1);
  return bars.map((bar, t) => ({
    ...bar,
    openTime: day * 24 * hourMs + t * hourMs,
    high: t === 1 ? high : close,
    low: t === 0 ? low : close,
  }));
}

// Person's formulas: high 12, low 9, close 10.5 give P 10.5, R1 12, S1 9, R2 13.5, S2 7.5.
test("come from the session before, not from the running one or the bar itself", () => {
  const bars = [...session(1, 20, 5, 10), ...session(2, 12, 9, 10.5), ...session(3, 99, 1, 50)];
  for (const length of [7, 8, 9]) {
    expect(lastOf(pivotPoints(dayOf, 3), bars.slice(0, length))).toEqual([10.5, 12, 9, 13.5, 7.5]);
  }
});

test("are all at the price without movement", () => {
  expect(lastOf(pivotPoints(dayOf, 24), stillBars(60, 100, 1))).toEqual([100, 100, 100, 100, 100]);
});
