/** @file order of averages: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { risingBars, stillBars } from "../sample-bars.ts";
import { movingAverageOrder } from "./moving-average-order.ts";

indicatorContract("order of averages", () => movingAverageOrder(10, 40));

// trading-signals 8.3.0 (npm), SMA.
test("agrees with an independent source", () => {
  expectKnown(movingAverageOrder(10, 40), [
    [39, 6.047999999999959, 1, 0],
    [40, 5.802249999999972, 1, 0],
    [47, 2.879000000000005, 0, 0],
    [66, -1.8917499999999592, 0, 1],
    [95, -1.260499999999979, 0, 0],
    [121, 5.929249999999982, 1, 0],
    [134, 1.7542500000000132, 0, 0],
    [150, -4.008499999999913, 0, 0],
    [175, 7.307499999999976, 1, 0],
    [199, 2.7857500000000357, 0, 0],
  ]);
});

test("is bull while prices rise and bear while they fall", () => {
  expect(lastOf(movingAverageOrder(10, 40), risingBars(1)).slice(1)).toEqual([1, 0]);
  expect(lastOf(movingAverageOrder(10, 40), risingBars(-1)).slice(1)).toEqual([0, 1]);
});

test("is neither without movement", () => {
  expect(lastOf(movingAverageOrder(10, 40), stillBars(200, 100, 500))).toEqual([0, 0, 0]);
});
