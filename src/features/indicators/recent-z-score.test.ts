/** @file The z-score over recent bars: the contract, a case by hand, and numbers that are all equal. */
import { expect, test } from "vitest";
import { indicatorColumns } from "../indicator.ts";
import { indicatorContract } from "../indicator.contract.ts";
import { measuredColumn } from "../sample-bars.ts";
import { measured } from "./measured.ts";
import { recentZScore } from "./recent-z-score.ts";

indicatorContract("the z-score over recent bars", () => recentZScore(measured([0]), 20));

test("is the distance from the mean in deviations of the population", () => {
  // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, σ 2, the textbook's example of a population's standard deviation.
  const said = indicatorColumns(recentZScore(measured([0]), 8), measuredColumn([99, 2, 4, 4, 4, 5, 5, 7, 9]));
  expect(said[8]).toBeCloseTo((9 - 5) / 2, 12);
});

test("is 0 where all numbers are equal", () => {
  const said = indicatorColumns(recentZScore(measured([0]), 3), measuredColumn([0.1, 0.1, 0.1]));
  expect([...said]).toEqual([NaN, NaN, 0]);
});
