/** @file RSI: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars, risingBars } from "../sample-bars.ts";
import { relativeStrengthIndex } from "./relative-strength-index.ts";

indicatorContract("RSI", () => relativeStrengthIndex(14));

// trading-signals 8.3.0 (npm), RSI with Wilder's smoothing (technicalindicators rounds to 0.01).
test("agrees with an independent source", () => {
  expectKnown(relativeStrengthIndex(14), [
    [14, 95.21880064829818],
    [15, 95.78200615926086],
    [30, 74.27644015593992],
    [47, 56.48007062718254],
    [66, 41.19668727116353],
    [95, 48.83744016287071],
    [121, 68.55158751672093],
    [134, 32.5573339115262],
    [150, 49.441066430526085],
    [175, 70.0221685171448],
    [199, 49.35118265819703],
  ]);
});

test("is 50 without movement", () => {
  expect(lastOf(relativeStrengthIndex(14), stillBars(200, 100, 500))).toEqual([50]);
});

test("is 100 when every bar rises", () => {
  expect(lastOf(relativeStrengthIndex(14), risingBars(1))).toEqual([100]);
});

test("is 0 when every bar falls", () => {
  expect(lastOf(relativeStrengthIndex(14), risingBars(-1))).toEqual([0]);
});
