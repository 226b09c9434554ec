/** @file ultimate oscillator: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { ultimateOscillator } from "./ultimate-oscillator.ts";

indicatorContract("ultimate oscillator", () => ultimateOscillator(7, 14, 28));

// trading-signals 8.3.0 (npm), UltimateOscillator.
test("agrees with an independent source", () => {
  expectKnown(ultimateOscillator(7, 14, 28), [
    [28, 48.266899613187356],
    [29, 50.3831350657299],
    [47, 44.00542570935627],
    [66, 37.60668076340932],
    [95, 43.140268953275964],
    [121, 67.4895122714186],
    [134, 29.10117614352031],
    [150, 52.80042686456015],
    [175, 68.27587180574773],
    [199, 48.52878833654564],
  ]);
});

test("is 50 without range", () => {
  expect(lastOf(ultimateOscillator(7, 14, 28), stillBars(200, 100, 500))).toEqual([50]);
});
