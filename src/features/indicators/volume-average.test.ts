/** @file volume average: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, scaledBars } from "../sample-bars.ts";
import { volumeAverage } from "./volume-average.ts";

indicatorContract("volume average", () => volumeAverage(20));

// trading-signals 8.3.0 (npm), SMA.
test("agrees with an independent source", () => {
  expectKnown(volumeAverage(20), [
    [19, 5515.5, 1.361617260447829],
    [20, 5685.95, 0.8037355235272909],
    [47, 5649.65, 0.6057012381297957],
    [66, 5356.3, 1.627242686182626],
    [95, 5554.5, 1.074804212800432],
    [121, 4496.8, 0.47922967443515385],
    [134, 4311.15, 2.2047481530450113],
    [150, 5224.85, 1.5554513526704115],
    [175, 5041.95, 1.1961641825087517],
    [199, 5744.2, 1.088924480345392],
  ]);
});

test("is 0 with a ratio of 1 without volume", () => {
  expect(lastOf(volumeAverage(20), scaledBars(sampleBars(60), 1, 0))).toEqual([0, 1]);
});
