/** @file The sliding extremes against the window looked through. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { slidingHighest, slidingLowest } from "./sliding-extreme.ts";

test("is the largest and the smallest of the last numbers, from the first one on", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: 1, max: 12 })), (length, numbers) => {
      const [highest, lowest] = [slidingHighest(length), slidingLowest(length)];
      numbers.forEach((number, t) => {
        const last = numbers.slice(Math.max(0, t + 1 - length), t + 1);
        expect(highest(number)).toBe(Math.max(...last));
        expect(lowest(number)).toBe(Math.min(...last));
      });
    }),
    { numRuns: 300 },
  );
});
