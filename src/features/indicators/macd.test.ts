/** @file MACD: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { macd } from "./macd.ts";

indicatorContract("MACD", () => macd(12, 26, 9));

// technicalindicators 3.1.0 (npm), MACD with exponential averages.
test("agrees with an independent source", () => {
  expectKnown(macd(12, 26, 9), [
    [33, 3.4015111874724937, 4.100628223806374, -0.6991170363338801],
    [34, 3.393840312549983, 3.959270641555096, -0.5654303290051126],
    [47, 1.5300986708455895, 2.1962532340133567, -0.6661545631677672],
    [66, -0.544562173604433, -0.07324116241029245, -0.4713210111941406],
    [95, -0.6802661878458593, -0.39680922443045513, -0.2834569634154042],
    [121, 2.4531659671738026, 2.2684371296689863, 0.1847288375048164],
    [134, -0.19816982642207392, 1.1403997828111145, -1.3385696092331885],
    [150, -1.0897672706991983, -1.186367083857622, 0.09659981315842359],
    [175, 2.806843329378097, 2.4330636255651874, 0.3737797038129096],
    [199, 1.0163699156721293, 1.891446618784551, -0.8750767031124216],
  ]);
});

test("is 0 without movement", () => {
  expect(lastOf(macd(12, 26, 9), stillBars(200, 100, 500))).toEqual([0, 0, 0]);
});
