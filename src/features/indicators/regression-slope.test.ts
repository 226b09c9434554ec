/** @file slope of a line through closes: the contract, known answers, and straight lines. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { risingBars, stillBars } from "../sample-bars.ts";
import { regressionSlope } from "./regression-slope.ts";

indicatorContract("regression slope", () => regressionSlope(20));

// simple-statistics 7.12.1 (npm), linearRegression.
test("agrees with an independent source", () => {
  expectKnown(regressionSlope(20), [
    [19, 0.8162631578947368],
    [20, 0.8241654135338347],
    [77, 0.03950375939849615],
    [120, 0.45724812030075185],
    [160, 0.3997067669172937],
    [199, -0.20025563909774463],
  ]);
});

test("is the step of a straight line, and 0 without movement", () => {
  expect(lastOf(regressionSlope(20), risingBars(1))).toEqual([1]);
  expect(lastOf(regressionSlope(2), risingBars(-1))).toEqual([-1]);
  expect(lastOf(regressionSlope(20), stillBars(60, 1 / 3, 1))).toEqual([0]);
});

test("refuses a line through one close", () => {
  expect(() => regressionSlope(1)).toThrow(/a line needs two closes/);
});
