/** @file SMA: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { simpleMovingAverage } from "./simple-moving-average.ts";

indicatorContract("SMA", () => simpleMovingAverage(10));

// technicalindicators 3.1.0 (npm), SMA.
test("agrees with an independent source", () => {
  expectKnown(simpleMovingAverage(10), [
    [9, 102.30799999999999],
    [10, 103.05699999999999],
    [30, 115.60700000000006],
    [47, 117.5580000000001],
    [66, 114.7590000000001],
    [95, 113.81800000000017],
    [121, 125.3670000000001],
    [134, 124.71500000000012],
    [150, 119.03000000000013],
    [175, 131.83200000000008],
    [199, 138.37100000000004],
  ]);
});

test("stands at a price that never moves, to the bit", () => {
  expect(lastOf(simpleMovingAverage(10), stillBars(200, 0.1, 500))).toEqual([0.1]);
});
