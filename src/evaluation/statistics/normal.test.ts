/** @file The normal distribution against SciPy 1.17.1 (scipy.special.ndtr). */
import { expect, test } from "vitest";
import { inverseNormal } from "#features/scalers/inverse-normal.ts";
import { normalProbability } from "./normal.ts";

test.each([
  [-8, 6.22096057427174e-16],
  [-4.5, 3.3976731247300535e-6],
  [-2, 0.022750131948179195],
  [-0.5, 0.3085375387259869],
  [0, 0.5],
  [1.3, 0.9031995154143897],
  [3, 0.9986501019683699],
  [5, 0.9999997133484281],
])("gives the probability below %f", (x, expected) => {
  expect(normalProbability(x) / expected).toBeCloseTo(1, 12);
});

test("is undone by its inverse, and ends at 0 and 1", () => {
  for (const p of [1e-10, 0.001, 0.2, 0.5, 0.7, 0.999])
    expect(normalProbability(inverseNormal(p)) / p).toBeCloseTo(1, 12);
  expect(normalProbability(-Infinity)).toBe(0);
  expect(normalProbability(Infinity)).toBe(1);
});
