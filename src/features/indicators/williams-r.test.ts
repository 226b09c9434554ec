/** @file Williams %R: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { williamsR } from "./williams-r.ts";

indicatorContract("Williams %R", () => williamsR(14));

// technicalindicators 3.1.0 (npm), WilliamsR.
test("agrees with an independent source", () => {
  expectKnown(williamsR(14), [
    [13, -2.258905299739401],
    [14, -0.34752389226764757],
    [30, -34.935897435897346],
    [47, -88.02395209580823],
    [66, -97.75700934579457],
    [95, -57.68725361366624],
    [121, -16.403402187120214],
    [134, -94.21768707482988],
    [150, -28.129602356406462],
    [175, -8.431703204047219],
    [199, -85.91749644381251],
  ]);
});

test("is −50 without range", () => {
  expect(lastOf(williamsR(14), stillBars(200, 100, 500))).toEqual([-50]);
});
