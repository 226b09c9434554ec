/** @file trend strength: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { trendStrength } from "./trend-strength.ts";

indicatorContract("trend strength", () => trendStrength(14));

// technicalindicators 3.1.0 (npm), ADX.
test("agrees with an independent source", () => {
  expectKnown(trendStrength(14), [
    [27, 37.14138839935965, 8.073901852697066, 85.49680232599687, 1, 0],
    [28, 34.50021539312896, 9.81402966372732, 83.36896723882097, 1, 0],
    [47, 24.1649992678397, 14.115023000149124, 56.12101025698464, 1, 0],
    [66, 18.61635334421042, 26.489090398172593, 25.392490247074907, 1, 0],
    [95, 14.9942981060689, 29.306034659411477, 27.80601329644363, 1, 0],
    [121, 29.866696300769178, 14.352417950587416, 28.110925333701793, 1, 0],
    [134, 17.47559644739223, 35.6491074065952, 31.019085350892134, 1, 0],
    [150, 17.498729101529115, 20.89428645770792, 26.467621859498614, 1, 0],
    [175, 40.71583030039626, 10.240664495775931, 38.555340012843665, 1, 0],
    [199, 26.000927395139083, 22.21218979985734, 34.130351358054604, 1, 0],
  ]);
});

test("is weak without movement", () => {
  expect(lastOf(trendStrength(14), stillBars(200, 100, 500))).toEqual([0, 0, 0, 0, 1]);
});
