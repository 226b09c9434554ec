/** @file chaikin money flow: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, scaledBars, stillBars } from "../sample-bars.ts";
import { chaikinMoneyFlow } from "./chaikin-money-flow.ts";

indicatorContract("chaikin money flow", () => chaikinMoneyFlow(20));

// trading-signals 8.3.0 (npm), CMF.
test("agrees with an independent source", () => {
  expectKnown(chaikinMoneyFlow(20), [
    [19, 0.39829108485963743],
    [20, 0.43393302779220905],
    [30, 0.23174496798609936],
    [47, -0.04810645805725212],
    [66, -0.27010298971939267],
    [95, -0.11919567059558274],
    [121, 0.2579525767655083],
    [134, 0.046468732037029524],
    [150, -0.13234080139408427],
    [175, 0.3114150015948718],
    [199, -0.04073455381660223],
  ]);
});

test("is 0 without volume", () => {
  expect(lastOf(chaikinMoneyFlow(20), scaledBars(sampleBars(60), 1, 0))).toEqual([0]);
});

test("is 0 without range", () => {
  expect(lastOf(chaikinMoneyFlow(20), stillBars(200, 100, 500))).toEqual([0]);
});
