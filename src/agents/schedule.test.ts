import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scheduled, scheduleShapes } from "./schedule.ts";

const finite = fc.double({ min: -1e3, max: 1e3, noNaN: true });

describe.each(scheduleShapes)("a %s schedule", (shape) => {
  test("goes from its first value to its last and stays there", () => {
    fc.assert(
      fc.property(finite, finite, (first, last) => {
        expect(scheduled(shape, first, last, 0)).toBeCloseTo(first, 12);
        for (const beyond of [1, 1.7]) expect(scheduled(shape, first, last, beyond)).toBeCloseTo(last, 9);
        expect(scheduled(shape, first, last, 0.5)).toBeCloseTo((first + last) / 2, 9);
      }),
    );
  });

  test("never turns back", () => {
    fc.assert(
      fc.property(fc.nat(99), (hundredth) => {
        const [before, after] = [hundredth / 100, (hundredth + 1) / 100].map((at) => scheduled(shape, 5, 1, at));
        expect(after).toBeLessThan(before);
      }),
    );
  });

  test("is constant where both values are equal", () => {
    fc.assert(
      fc.property(finite, fc.double({ min: 0, max: 1, noNaN: true }), (x, at) => scheduled(shape, x, x, at) === x),
    );
  });
});

test("a quarter of the way a line has done a quarter, and half a cosine a seventh", () => {
  expect(scheduled("linear", 0, 1, 0.25)).toBe(0.25);
  expect(scheduled("cosine", 0, 1, 0.25)).toBeCloseTo((1 - Math.SQRT1_2) / 2, 12);
});
