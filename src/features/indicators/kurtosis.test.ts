/** @file kurtosis: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { growingBars } from "../sample-bars.ts";
import { kurtosis } from "./kurtosis.ts";

indicatorContract("kurtosis", () => kurtosis(60));

// scipy 1.17.1, stats.kurtosis(bias=False).
test("agrees with an independent source", () => {
  expectKnown(kurtosis(60), [
    [60, -0.5152584948541201],
    [61, -0.553388106032644],
    [66, -0.6520954934049517],
    [95, -0.6671284020083523],
    [121, -0.8868057896512758],
    [134, -1.0372645657674437],
    [150, -1.1639356194862032],
    [175, -1.328278569061389],
    [199, -1.185715493728881],
  ]);
});

test("is 0 where all returns are equal", () => {
  expect(lastOf(kurtosis(60), growingBars(1.01))).toEqual([0]);
});
