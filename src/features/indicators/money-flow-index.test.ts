/** @file MFI: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, scaledBars, stillBars, risingBars } from "../sample-bars.ts";
import { moneyFlowIndex } from "./money-flow-index.ts";

indicatorContract("MFI", () => moneyFlowIndex(14));

// trading-signals 8.3.0 (npm), MFI (technicalindicators rounds to 0.01).
test("agrees with an independent source", () => {
  expectKnown(moneyFlowIndex(14), [
    [14, 85.68677570005431],
    [15, 88.13018173722514],
    [30, 70.16387116195487],
    [47, 43.006717338825595],
    [66, 23.778355995818636],
    [95, 48.325082779003004],
    [121, 85.74798075949609],
    [134, 34.38205397381121],
    [150, 42.7749932866491],
    [175, 84.33041793192366],
    [199, 34.73208379174532],
  ]);
});

test("is 50 where nothing flowed", () => {
  expect(lastOf(moneyFlowIndex(14), stillBars(200, 100, 500))).toEqual([50]);
});

test("is 50 without volume", () => {
  expect(lastOf(moneyFlowIndex(14), scaledBars(sampleBars(60), 1, 0))).toEqual([50]);
});

test("is 100 when every bar rises", () => {
  expect(lastOf(moneyFlowIndex(14), risingBars(1))).toEqual([100]);
});
