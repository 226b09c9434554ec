/** @file volume pattern: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, scaledBars } from "../sample-bars.ts";
import { volumePattern } from "./volume-pattern.ts";

indicatorContract("volume pattern", () => volumePattern());

// trading-signals 8.3.0 (npm), SMA.
test("agrees with an independent source", () => {
  expectKnown(volumePattern(), [
    [49, 5533.7, 5439.66, 1.614832752046551, 1, 0, 1, 0],
    [50, 5820.8, 5531.28, 0.9864623419461243, 0, 0, 0, 0],
    [66, 5356.3, 5643.2, 1.627242686182626, 1, 0, 1, 0],
    [95, 5554.5, 5187.4, 1.074804212800432, 0, 0, 0, 0],
    [121, 4496.8, 4836.92, 0.47922967443515385, 0, 0, 0, 1],
    [134, 4311.15, 4898.46, 2.2047481530450113, 1, 0, 1, 0],
    [150, 5224.85, 4766.66, 1.5554513526704115, 1, 1, 0, 0],
    [175, 5041.95, 4831.24, 1.1961641825087517, 0, 0, 0, 0],
    [199, 5744.2, 5238.16, 1.088924480345392, 0, 0, 0, 0],
  ]);
});

test("has a ratio of 1 and no sign without volume", () => {
  expect(lastOf(volumePattern(), scaledBars(sampleBars(80), 1, 0))).toEqual([0, 0, 1, 0, 0, 0, 0]);
});
