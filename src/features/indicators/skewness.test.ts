/** @file skewness: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { growingBars } from "../sample-bars.ts";
import { skewness } from "./skewness.ts";

indicatorContract("skewness", () => skewness(60));

// scipy 1.17.1, stats.skew(bias=False).
test("agrees with an independent source", () => {
  expectKnown(skewness(60), [
    [60, -0.24681915690056022],
    [61, -0.24130492395529296],
    [66, -0.06833889918400453],
    [95, 0.185981154899663],
    [121, -0.15346124523772386],
    [134, -0.059909773708201206],
    [150, -0.24056900688039834],
    [175, -0.1265617741815025],
    [199, -0.1863688321773774],
  ]);
});

test("is 0 where all returns are equal", () => {
  expect(lastOf(skewness(60), growingBars(1.01))).toEqual([0]);
});
