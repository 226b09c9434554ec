/** @file trend score: the contract, known answers, and what it says where nothing moves. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { risingBars, stillBars } from "../sample-bars.ts";
import { trendScore } from "./trend-score.ts";

indicatorContract("trend score", () => trendScore([5, 10, 20]));

// technicalindicators 3.1.0 (npm), EMA over 5, 10 and 20 closes, put in order.
test("agrees with an independent source, at each of its turns", () => {
  expectKnown(trendScore([5, 10, 20]), [
    [19, 1],
    [24, 1],
    [25, 0],
    [27, 1],
    [28, 0],
    [56, 0],
    [57, -1],
    [59, 0],
    [61, -1],
    [71, -1],
    [72, 0],
    [75, 1],
    [132, -1],
    [138, 0],
    [183, 0],
    [185, 1],
    [190, 0],
  ]);
});

test("is 1 while prices rise and −1 while they fall", () => {
  expect(lastOf(trendScore([20, 50, 100]), risingBars(1))).toEqual([1]);
  expect(lastOf(trendScore([20, 50, 100]), risingBars(-1))).toEqual([-1]);
});

test("is 0 without movement", () => {
  expect(lastOf(trendScore([20, 50]), stillBars(200, 100, 500))).toEqual([0]);
});

test("refuses no average at all", () => {
  expect(() => trendScore([])).toThrow(/at least one average/);
});
