/** @file The window against plain arrays. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as rolling from "./rolling.ts";
import { exponential, wilder } from "./smoothing.ts";
import { insert, sortedWindow, windowQuantile } from "./sorted-window.ts";

const anyNumbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 });

test("holds the last numbers, oldest first", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), anyNumbers, (length, values) => {
      const window = rolling.rolling(length);
      values.forEach((value, t) => {
        rolling.push(window, value);
        if (t + 1 < length) return;
        const last = values.slice(t + 1 - length, t + 1);
        const total = last.reduce((sum, x) => sum + x, 0);
        const centre = total / length;
        const powers = ([2, 3, 4] as const).map((power) => last.reduce((sum, x) => sum + (x - 3) ** power, 0));
        expect([...window.values.subarray(rolling.first(window), rolling.first(window) + length)]).toEqual(last);
        expect(rolling.oldest(window)).toBe(last[0]);
        expect(rolling.highest(window)).toBe(Math.max(...last));
        expect(rolling.lowest(window)).toBe(Math.min(...last));
        expect(rolling.sum(window)).toBe(total);
        expect(rolling.mean(window)).toBeCloseTo(centre, 9);
        expect(([2, 3, 4] as const).map((power) => rolling.sumOfPowers(window, 3, power))).toEqual(powers);
        expect(rolling.meanDeviation(window, 3)).toBe(last.reduce((sum, x) => sum + Math.abs(x - 3), 0) / length);
        expect(rolling.populationDeviation(window, 3)).toBe(Math.sqrt(powers[0] / length));
      });
    }),
  );
});

test("knows a number below or above a quantile of the window as the sorted window does", () => {
  const share = fc.constantFrom(0, 0.2, 0.3, 0.5, 0.7, 0.75, 1);
  // Few different numbers: many are equal, also at the quantile itself.
  const numbers = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), numbers, share, (length, values, quantile) => {
      const window = rolling.rolling(length);
      const sorted = sortedWindow(length);
      values.forEach((value, t) => {
        rolling.push(window, value);
        insert(sorted, value);
        if (t + 1 < length) return;
        const level = windowQuantile(sorted, quantile);
        expect(rolling.belowQuantile(window, value, quantile)).toBe(value < level);
        expect(rolling.aboveQuantile(window, value, quantile)).toBe(value > level);
      });
    }),
    { numRuns: 300 },
  );
});

test("has a mean that is exact where all numbers are equal", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), fc.integer({ min: 1, max: 60 }), (value, length) => {
      const window = rolling.rolling(length);
      for (let t = 0; t < length; t++) rolling.push(window, value);
      expect(rolling.mean(window)).toBe(value);
    }),
  );
});

test("forgets a huge number once it has left the window: nothing drifts", () => {
  const window = rolling.rolling(3);
  for (const value of [1e300, 1, 2, 3]) rolling.push(window, value);
  expect([rolling.sum(window), rolling.mean(window)]).toEqual([6, 2]);
});

test("smooths from the mean of the first numbers on", () => {
  const numbers = [6, 2, 1, 7];
  expect(numbers.map(exponential(3))).toEqual([6, 4, 3, 5]);
  expect(numbers.map(wilder(3))).toEqual([6, 4, 3, 3 + 4 / 3]);
});
