/** @file EMA: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { exponentialMovingAverage } from "./exponential-moving-average.ts";

indicatorContract("EMA", () => exponentialMovingAverage(10));

// technicalindicators 3.1.0 (npm), EMA (seeded by the SMA).
test("agrees with an independent source", () => {
  expectKnown(exponentialMovingAverage(10), [
    [9, 102.30799999999999],
    [10, 103.05927272727273],
    [30, 114.95443869819306],
    [47, 117.26989878117574],
    [66, 114.7472762987844],
    [95, 114.04881860065416],
    [121, 125.42652809378255],
    [134, 123.2827476136976],
    [150, 119.41929829163446],
    [175, 131.64749254672418],
    [199, 138.27993437998336],
  ]);
});

test("stands at a price that never moves, to the bit", () => {
  expect(lastOf(exponentialMovingAverage(10), stillBars(200, 0.1, 500))).toEqual([0.1]);
});
