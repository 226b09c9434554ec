/** @file The sum over recent bars: the contract, and a case by hand. */
import { expect, test } from "vitest";
import { indicatorColumns } from "../indicator.ts";
import { indicatorContract } from "../indicator.contract.ts";
import { measuredColumn } from "../sample-bars.ts";
import { measured } from "./measured.ts";
import { recentSum } from "./recent-sum.ts";

indicatorContract("the sum over recent bars", () => recentSum(measured([0]), 5));

test("adds up the last bars, this one included", () => {
  expect([...indicatorColumns(recentSum(measured([0]), 3), measuredColumn([1, -2, 4, 8, 0]))]).toEqual([
    NaN,
    NaN,
    3,
    10,
    12,
  ]);
});
