/** @file rate of change: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { rateOfChange } from "./rate-of-change.ts";

indicatorContract("rate of change", () => rateOfChange(12));

// technicalindicators 3.1.0 (npm), ROC.
test("agrees with an independent source", () => {
  expectKnown(rateOfChange(12), [
    [12, 9.267306720565943],
    [13, 9.933973589435782],
    [30, 2.2636837916703527],
    [47, -2.212537713711018],
    [66, -2.286059351276747],
    [95, -2.4923443348077634],
    [121, 3.5416325862915086],
    [134, -6.625323808776197],
    [150, -1.0832991382847708],
    [175, 5.6682718875819],
    [199, -3.607594936708858],
  ]);
});

test("is 0 without movement", () => {
  expect(lastOf(rateOfChange(12), stillBars(200, 100, 500))).toEqual([0]);
});
