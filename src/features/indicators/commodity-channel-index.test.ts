/** @file CCI: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { commodityChannelIndex } from "./commodity-channel-index.ts";

indicatorContract("CCI", () => commodityChannelIndex(20));

// technicalindicators 3.1.0 (npm), CCI; trading-signals 8.3.0 gives the same.
test("agrees with an independent source", () => {
  expectKnown(commodityChannelIndex(20), [
    [19, 128.85081761817983],
    [20, 127.71178799639392],
    [30, 60.240963855421825],
    [47, -36.48459755472261],
    [66, -130.37702992751204],
    [95, -55.295729402876034],
    [121, 107.70080479722027],
    [134, -184.34559859825708],
    [150, 35.325463624653004],
    [175, 111.503591192746],
    [199, -95.93601812917906],
  ]);
});

test("is 0 without deviation", () => {
  expect(lastOf(commodityChannelIndex(20), stillBars(200, 0.1, 500))).toEqual([0]);
});
