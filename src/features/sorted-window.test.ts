/** @file The sorted window against sorting anew. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { insert, sortedWindow, windowQuantile } from "./sorted-window.ts";

test("holds the last numbers in order, from the first one on", () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), numbers, (length, values) => {
      const window = sortedWindow(length);
      values.forEach((value, t) => {
        insert(window, value);
        const last = values.slice(Math.max(0, t + 1 - length), t + 1).sort((a, b) => a - b);
        expect([...window.sorted.subarray(0, last.length)]).toEqual(last);
        expect(windowQuantile(window, 0)).toBe(last[0]);
        expect(windowQuantile(window, 1)).toBe(last[last.length - 1]);
      });
    }),
    { numRuns: 300 },
  );
});

test("interpolates between two numbers", () => {
  const window = sortedWindow(4);
  for (const value of [7, 1, 3, 5]) insert(window, value);
  expect([0.2, 0.5, 0.75].map((share) => windowQuantile(window, share))).toEqual([2.2, 4, 5.5]);
});
