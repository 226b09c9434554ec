/** @file volatility regime: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { volatilityRegime } from "./volatility-regime.ts";

indicatorContract("volatility regime", () => volatilityRegime(14, 50));

// trading-signals 8.3.0 (npm), ATR with Wilder's smoothing; quantiles by their formula.
test("agrees with an independent source", () => {
  expectKnown(volatilityRegime(14, 50), [
    [62, 1.7919117642711349, 0.01556695130111315, 1, 0],
    [63, 1.7710609239660537, 0.015523366850434338, 1, 0],
    [66, 1.6178355867177188, 0.014283001560145836, 0, 0],
    [95, 1.8084887640676863, 0.015776749228541276, 1, 0],
    [121, 1.6485926464538208, 0.013023087498647766, 0, 1],
    [134, 1.8562019837667088, 0.015604892675634374, 1, 0],
    [150, 1.9424362789775642, 0.016115790914938723, 1, 0],
    [175, 1.9255035057894097, 0.014385532355542845, 0, 1],
    [199, 1.6285447670011761, 0.011881117436354973, 0, 1],
  ]);
});

test("is neither high nor low without movement", () => {
  expect(lastOf(volatilityRegime(14, 50), stillBars(200, 100, 500))).toEqual([0, 0, 0, 0]);
});
