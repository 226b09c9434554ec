/** @file force index: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { forceIndex } from "./force-index.ts";

indicatorContract("force index", () => forceIndex(13));

// technicalindicators 3.1.0 (npm), ForceIndex.
test("agrees with an independent source", () => {
  expectKnown(forceIndex(13), [
    [13, 4423.406923076917],
    [14, 4045.088791208785],
    [47, -0.2623776819424961],
    [66, -1955.5352627961777],
    [95, -25.074750753406533],
    [121, 1757.2982067722414],
    [134, -4241.546888919187],
    [150, 987.9019464053144],
    [175, 2052.5563202198173],
    [199, -1131.9418115214528],
  ]);
});

test("is 0 without movement", () => {
  expect(lastOf(forceIndex(13), stillBars(200, 100, 500))).toEqual([0]);
});
