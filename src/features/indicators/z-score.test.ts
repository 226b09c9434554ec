/** @file z score: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { zScore } from "./z-score.ts";

indicatorContract("z score", () => zScore(20));

// scipy 1.17.1, stats.zscore.
test("agrees with an independent source", () => {
  expectKnown(zScore(20), [
    [19, 1.7596485404168505],
    [20, 1.6844708165233817],
    [30, 0.7812194905498657],
    [47, -0.48576186442376934],
    [66, -1.6034226263061702],
    [95, -0.48321075136295305],
    [121, 1.2203113200699642],
    [134, -2.255827903698518],
    [150, 0.6192760839043622],
    [175, 1.4409879495867015],
    [199, -1.4546092201604002],
  ]);
});

test("is 0 where all closes are equal", () => {
  expect(lastOf(zScore(20), stillBars(200, 0.1, 500))).toEqual([0]);
});
