/** @file divergence: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { divergence } from "./divergence.ts";

indicatorContract("divergence", () => divergence(14, 10));

// trading-signals 8.3.0 (npm), RSI with Wilder's smoothing; simple-statistics 7 (npm), min and max of stretches.
test("agrees with an independent source", () => {
  expectKnown(divergence(14, 10), [
    [33, 72.62948558661719, 0, 0, 0, 0, 1, 0],
    [34, 75.54945678065235, 0, 0, 0, 1, 1, 1],
    [40, 65.46204929774666, 0, 0, 0, 1, 1, 1],
    [50, 57.49777157510216, 0, 0, 0, 0, 1, 0],
    [60, 52.99025263800137, 1, 0, 0, 1, 1, 1],
    [70, 40.67355524899785, 1, 0, 0, 0, 1, 0],
    [80, 58.09143998888913, 0, 1, 0, 1, 0, 0],
    [90, 37.14173801155574, 0, 0, 0, 1, 1, 1],
    [100, 62.35814829838107, 1, 0, 0, 0, 0, 0],
    [110, 68.51834121121114, 0, 1, 0, 1, 0, 0],
    [120, 68.36836209280497, 0, 1, 0, 1, 0, 0],
    [130, 45.629768802188295, 0, 0, 0, 1, 0, 0],
    [140, 38.93916901823147, 1, 0, 0, 0, 1, 0],
    [150, 49.441066430526085, 1, 1, 1, 0, 0, 0],
    [160, 54.18092904606186, 0, 1, 0, 1, 0, 0],
    [170, 64.49705392918685, 0, 1, 0, 1, 0, 0],
    [180, 80.20915755864104, 0, 1, 0, 1, 0, 0],
    [190, 67.87982152166425, 0, 1, 0, 1, 0, 0],
  ]);
});

test("shows nothing without movement", () => {
  expect(lastOf(divergence(14, 10), stillBars(200, 100, 500))).toEqual([50, 0, 0, 0, 0, 0, 0]);
});
