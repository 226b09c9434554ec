/** @file Keltner bands: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { keltnerBands } from "./keltner-bands.ts";

indicatorContract("Keltner bands", () => keltnerBands(20, 10, 2));

// technicalindicators 3.1.0 (npm), EMA; trading-signals 8.3.0 (npm), ATR with Wilder's smoothing.
test("agrees with an independent source", () => {
  expectKnown(keltnerBands(20, 10, 2), [
    [19, 110.06949167577321, 102.87550832422681],
    [20, 110.6723163177197, 103.96173130132793],
    [47, 119.23261404971748, 113.95816601745798],
    [66, 118.64108329475042, 112.30524671929666],
    [95, 118.38210765986577, 111.05271421757683],
    [121, 126.71148108066026, 120.28952112539736],
    [134, 127.92478195961365, 120.28423882257317],
    [150, 124.15877629793971, 116.37039551935794],
    [175, 133.1702030990433, 125.52657048076397],
    [199, 141.22689088238468, 134.87087587611086],
  ]);
});

test("meet without movement", () => {
  expect(lastOf(keltnerBands(20, 10, 2), stillBars(200, 100, 500))).toEqual([100, 100]);
});
