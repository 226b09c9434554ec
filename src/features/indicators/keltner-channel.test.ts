/** @file keltner channel: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { keltnerChannel } from "./keltner-channel.ts";

indicatorContract("keltner channel", () => keltnerChannel(20, 10, 2));

// EMA of technicalindicators 3.1.0 ± 2 · ATR of trading-signals 8.3.0 (npm).
test("agrees with an independent source", () => {
  expectKnown(keltnerChannel(20, 10, 2), [
    [19, 1.6575645359548847],
    [20, 1.6955703073396258],
    [30, 1.0280952019529503],
    [47, 0.5160414826148229],
    [66, 0.15226928113028895],
    [95, 0.4880739191572172],
    [121, 0.9810834882953898],
    [134, -0.17462617495148142],
    [150, 0.5340782120053846],
    [175, 1.0889363650643016],
    [199, 0.34599102137399596],
  ]);
});

test("is in the middle of a channel without width", () => {
  expect(lastOf(keltnerChannel(20, 10, 2), stillBars(200, 0.1, 500))).toEqual([0.5]);
});
