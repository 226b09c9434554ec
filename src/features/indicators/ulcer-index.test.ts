/** @file ulcer index: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { risingBars } from "../sample-bars.ts";
import { ulcerIndex } from "./ulcer-index.ts";

indicatorContract("ulcer index", () => ulcerIndex(14));

// trading-signals 8.3.0 (npm), UlcerIndex.
test("agrees with an independent source", () => {
  expectKnown(ulcerIndex(14), [
    [13, 0.10485040102695614],
    [14, 0.10485040102695614],
    [47, 1.3831734397401991],
    [66, 2.5740822741758347],
    [95, 3.7399313075321716],
    [121, 0.4076277696446883],
    [134, 4.009361833405021],
    [150, 2.2349988970518697],
    [175, 0.8945386985571102],
    [199, 2.649192145783151],
  ]);
});

test("is 0 while the close only rises", () => {
  expect(lastOf(ulcerIndex(14), risingBars(1))).toEqual([0]);
});
