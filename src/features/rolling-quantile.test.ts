/** @file The quantile of a window against sorting it anew. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rollingQuantile } from "./rolling-quantile.ts";

/** Quantile by linear interpolation, of numbers that are sorted anew. */
function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return below + (position - Math.floor(position)) * (above - below);
}

test("is the quantile of the last numbers, once there are so many", () => {
  const share = fc.constantFrom(0, 0.2, 0.3, 0.5, 0.7, 0.75, 1);
  // Few different numbers: many are equal, also at the quantile itself.
  const few = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 80 });
  const many = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 80 });
  const rising = many.map((values) => values.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.oneof(few, many, rising), share, (length, values, wanted) => {
      const quantile = rollingQuantile(length, wanted);
      values.forEach((value, t) => {
        const said = quantile(value);
        if (t + 1 < length) return;
        // 0 and −0 are the same number.
        expect(said + 0).toBe(quantileOf(values.slice(t + 1 - length, t + 1), wanted) + 0);
      });
    }),
    { numRuns: 500 },
  );
});

test("interpolates between two numbers", () => {
  const shares = [0.2, 0.5, 0.75];
  const last = shares.map((share) => {
    const quantile = rollingQuantile(4, share);
    return [9, 7, 1, 3, 5].map(quantile)[4];
  });
  expect(last).toEqual([2.2, 4, 5.5]);
});
