/** @file OBV change: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, scaledBars, stillBars, risingBars } from "../sample-bars.ts";
import { onBalanceVolumeChange } from "./on-balance-volume-change.ts";

indicatorContract("OBV change", () => onBalanceVolumeChange(20));

// technicalindicators 3.1.0 (npm), OBV; its change over 20 bars by the sum of their volumes.
test("agrees with an independent source", () => {
  expectKnown(onBalanceVolumeChange(20), [
    [20, 0.647939218600234],
    [21, 0.6565821188701418],
    [22, 0.5978196817913966],
    [30, 0.3696478619196936],
    [47, 0.06684484879594312],
    [66, -0.5048447622425928],
    [95, -0.10721036997029436],
    [121, 0.5026018502045899],
    [134, -0.09086902566600559],
    [150, -0.17723953797716682],
    [175, 0.31808129791053064],
    [199, -0.13638104522823022],
  ]);
});

test("is 0 without volume", () => {
  expect(lastOf(onBalanceVolumeChange(20), scaledBars(sampleBars(60), 1, 0))).toEqual([0]);
});

test("is 0 without movement", () => {
  expect(lastOf(onBalanceVolumeChange(20), stillBars(200, 100, 500))).toEqual([0]);
});

test("is 1 when every bar rises", () => {
  expect(lastOf(onBalanceVolumeChange(20), risingBars(1))).toEqual([1]);
});

test("is −1 when every bar falls", () => {
  expect(lastOf(onBalanceVolumeChange(20), risingBars(-1))).toEqual([-1]);
});
