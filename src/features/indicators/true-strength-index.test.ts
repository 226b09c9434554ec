/** @file TSI: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { risingBars, stillBars } from "../sample-bars.ts";
import { trueStrengthIndex } from "./true-strength-index.ts";

indicatorContract("TSI", () => trueStrengthIndex(25, 13));

// technicalindicators 3.1.0 (npm), EMA of EMA of the changes and of their sizes.
test("agrees with an independent source", () => {
  expectKnown(trueStrengthIndex(25, 13), [
    [37, 57.85582691584981],
    [38, 55.119366314831254],
    [47, 32.42473362185695],
    [66, -6.566297274179994],
    [95, -9.948650597198064],
    [121, 36.50469159816386],
    [134, -1.9179906172650867],
    [150, -13.855447103558456],
    [175, 33.954783572857764],
    [199, 15.60279322119511],
  ]);
});

test("is 0 without movement", () => {
  expect(lastOf(trueStrengthIndex(25, 13), stillBars(200, 100, 500))).toEqual([0]);
});

test("is 100 when every close rises, −100 when every close falls", () => {
  expect(lastOf(trueStrengthIndex(25, 13), risingBars(1))[0]).toBeCloseTo(100, 10);
  expect(lastOf(trueStrengthIndex(25, 13), risingBars(-1))[0]).toBeCloseTo(-100, 10);
});
