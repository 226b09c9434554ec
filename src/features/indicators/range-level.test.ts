/** @file The range level: the contract, the median by sorting, and what it says without range. */
import { expect, test } from "vitest";
import { barsFrom } from "#domain/bar.ts";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { indicatorColumns } from "../indicator.ts";
import { sampleBars, stillBars } from "../sample-bars.ts";
import { atr } from "./average-true-range.ts";
import { rangeLevel } from "./range-level.ts";

indicatorContract("range level", () => rangeLevel(14, 50));

test("is the average range beside the middle one of its last values", () => {
  for (const length of [65, 120, 200]) {
    const bars = sampleBars(length);
    const last = [...indicatorColumns(atr(14), barsFrom(bars)).subarray(-51)];
    const median = last.toSorted((a, b) => a - b)[25];
    expect(lastOf(rangeLevel(14, 51), bars)[0]).toBeCloseTo(last[50] / median - 1, 12);
  }
});

test("is 0 without range", () => {
  expect(lastOf(rangeLevel(14, 50), stillBars(100, 100, 1))).toEqual([0]);
});
