/** @file autocorrelation: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { growingBars, swingingBars } from "../sample-bars.ts";
import { autocorrelation } from "./autocorrelation.ts";

indicatorContract("autocorrelation", () => autocorrelation(1, 60));

// simple-statistics 7 (npm), sampleCorrelation of the returns and the ones before them.
test("agrees with an independent source", () => {
  expectKnown(autocorrelation(1, 60), [
    [61, -0.07813574214956358],
    [62, -0.07850189074046401],
    [66, -0.07569866837362306],
    [95, -0.07952887290671805],
    [121, 0.015512016527098375],
    [134, 0.17923602065781136],
    [150, 0.06483804240989517],
    [175, 0.27003572611712157],
    [199, 0.2720029305873541],
  ]);
});

test("is 0 where all returns are equal", () => {
  expect(lastOf(autocorrelation(1, 60), growingBars(1.001))).toEqual([0]);
});

test("is −1 where every return undoes the one before", () => {
  expect(lastOf(autocorrelation(1, 60), swingingBars([1.01, 1 / 1.01]))[0]).toBeCloseTo(-1, 10);
});
