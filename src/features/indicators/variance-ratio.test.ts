/** @file variance ratio: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { growingBars, swingingBars } from "../sample-bars.ts";
import { varianceRatio } from "./variance-ratio.ts";

indicatorContract("variance ratio", () => varianceRatio(5, 120));

// arch 8.0.0 (PyPI), unitroot.VarianceRatio(lags=5, overlap=True, debiased=True).
test("agrees with an independent source", () => {
  expectKnown(varianceRatio(5, 120), [
    [120, 1.1239293935481023],
    [121, 1.1163147745541415],
    [134, 1.2145970511643738],
    [150, 1.1310469581717748],
    [175, 1.2943266061805527],
    [199, 1.481843506043897],
  ]);
});

test("is 1 where all returns are equal", () => {
  expect(lastOf(varianceRatio(5, 120), growingBars(0.99))).toEqual([1]);
});

// Returns of ±r: five rises, five falls give sums of five with a mean square of 9r², hence 9 / 5; a sum of five that
// alternate is ±r, hence 1 / 5. Both times the correction for bias, 1 / (1 − 5 / 120), and the edges of the window.
test("is above 1 in a trend and below 1 where returns undo each other", () => {
  const correction = 120 / 115;
  const trending = swingingBars([1.01, 1.01, 1.01, 1.01, 1.01, 1 / 1.01, 1 / 1.01, 1 / 1.01, 1 / 1.01, 1 / 1.01]);
  const reverting = swingingBars([1.01, 1 / 1.01]);
  expect(lastOf(varianceRatio(5, 120), trending)[0]).toBeCloseTo(correction * (9 / 5), 1);
  expect(lastOf(varianceRatio(5, 120), reverting)[0]).toBeCloseTo(correction * (1 / 5), 2);
});
