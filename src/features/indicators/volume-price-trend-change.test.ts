/** @file VPT change: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, scaledBars } from "../sample-bars.ts";
import { volumePriceTrendChange } from "./volume-price-trend-change.ts";

indicatorContract("VPT change", () => volumePriceTrendChange(20));

// trading-signals 8.3.0 (npm), PVT: its change over 20 bars by the volume of 20 bars.
test("agrees with an independent source", () => {
  expectKnown(volumePriceTrendChange(20), [
    [20, 0.0071950443601297145],
    [21, 0.00692714808444269],
    [47, 0.0006270982659474338],
    [66, -0.002911346274455537],
    [95, -0.0017350774848945941],
    [121, 0.004358042980483941],
    [134, -0.0023776184825217554],
    [150, -0.002453134319446477],
    [175, 0.005632615135065744],
    [199, -0.0010206400630685172],
  ]);
});

test("is 0 without volume", () => {
  expect(lastOf(volumePriceTrendChange(20), scaledBars(sampleBars(60), 1, 0))).toEqual([0]);
});
