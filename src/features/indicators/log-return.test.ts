/** @file log return: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { logReturn } from "./log-return.ts";

indicatorContract("log return", () => logReturn(5));

// numpy 2.4.6, log.
test("agrees with an independent source", () => {
  expectKnown(logReturn(5), [
    [5, 0.03632072182554305],
    [6, 0.030153038170687457],
    [30, 0.008074011826138094],
    [47, -0.009977484382619372],
    [66, -0.014983850982522673],
    [95, 0.01893412206456335],
    [121, 0.010242655746714416],
    [134, -0.0554335138561232],
    [150, 0.03237783878223637],
    [175, 0.025653103598411418],
    [199, -0.010883868867333906],
  ]);
});

test("is 0 without movement", () => {
  expect(lastOf(logReturn(5), stillBars(200, 100, 500))).toEqual([0]);
});
