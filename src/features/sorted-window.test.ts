/** @file The sorted window against looking through all of it. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countBelow, countUpTo, distancesFrom, heldBy, insert, sortedWindow } from "./sorted-window.ts";

/** Few different numbers: many are equal. */
const few = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 });
const many = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 60 });
const falling = many.map((values) => values.toSorted((a, b) => b - a));

test("knows how many of the last numbers are smaller, and how far they are from any centre", () => {
  const centre = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.oneof(few, many, falling), centre, (length, values, other) => {
      const window = sortedWindow(length);
      values.forEach((value, t) => {
        insert(window, value);
        const last = values.slice(Math.max(0, t + 1 - length), t + 1);
        expect(heldBy(window)).toBe(last.length);
        for (const asked of [value, other, value + 0.5]) {
          expect(countBelow(window, asked)).toBe(last.filter((x) => x < asked).length);
          expect(countUpTo(window, asked)).toBe(last.filter((x) => x <= asked).length);
          const distances = last.reduce((sum, x) => sum + Math.abs(x - asked), 0);
          expect(distancesFrom(window, asked)).toBeCloseTo(distances, 8);
        }
      });
    }),
    { numRuns: 300 },
  );
});

test("says that equal numbers are no distance apart, exactly", () => {
  const window = sortedWindow(7);
  for (let t = 0; t < 30; t++) {
    insert(window, t < 5 ? t : 0.1);
    if (t >= 12) expect(distancesFrom(window, 0.1)).toBe(0);
  }
});

test("forgets a huge number once it has left the window: nothing drifts", () => {
  const window = sortedWindow(3);
  for (const value of [1e300, 1, 2, 3]) insert(window, value);
  expect(distancesFrom(window, 2)).toBe(2);
});
