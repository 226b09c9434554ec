/** @file ADX: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars, risingBars } from "../sample-bars.ts";
import { averageDirectionalIndex } from "./average-directional-index.ts";

indicatorContract("ADX", () => averageDirectionalIndex(14));

// technicalindicators 3.1.0 (npm), ADX.
test("agrees with an independent source", () => {
  expectKnown(averageDirectionalIndex(14), [
    [27, 85.49680232599687, 37.14138839935965, 8.073901852697066],
    [28, 83.36896723882097, 34.50021539312896, 9.81402966372732],
    [30, 79.67990853077475, 34.43901351441592, 9.277564512167022],
    [47, 56.12101025698464, 24.1649992678397, 14.115023000149124],
    [66, 25.392490247074907, 18.61635334421042, 26.489090398172593],
    [95, 27.80601329644363, 14.9942981060689, 29.306034659411477],
    [121, 28.110925333701793, 29.866696300769178, 14.352417950587416],
    [134, 31.019085350892134, 17.47559644739223, 35.6491074065952],
    [150, 26.467621859498614, 17.498729101529115, 20.89428645770792],
    [175, 38.555340012843665, 40.71583030039626, 10.240664495775931],
    [199, 34.130351358054604, 26.000927395139083, 22.21218979985734],
  ]);
});

test("is 0 without range", () => {
  expect(lastOf(averageDirectionalIndex(14), stillBars(200, 100, 500))).toEqual([0, 0, 0]);
});

test("knows a trend that only goes up: a rise of 1 and a true range of 1 each bar", () => {
  expect(lastOf(averageDirectionalIndex(14), risingBars(1))).toEqual([100, 100, 0]);
});

test("knows a trend that only goes down", () => {
  expect(lastOf(averageDirectionalIndex(14), risingBars(-1))).toEqual([100, 0, 100]);
});
