/** @file support and resistance: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { supportResistance } from "./support-resistance.ts";

indicatorContract("support and resistance", () => supportResistance(20));

// technicalindicators 3.1.0 (npm), Highest and Lowest.
test("agrees with an independent source", () => {
  expectKnown(supportResistance(20), [
    [19, 98.64, 115.06, 0.14076655052264805, 0.0022648083623693824, 0, 1],
    [20, 98.64, 115.36, 0.1447893185365008, 0.00017340038148080475, 0, 1],
    [47, 114.31, 119.62, 0.02031196434693182, 0.025197120329105226, 0, 0],
    [66, 113.15, 119.93, 0.0010594155557516584, 0.05879756334422187, 1, 0],
    [95, 111.41, 119.52, 0.028090377737067077, 0.04265898979324785, 0, 0],
    [121, 117.32, 127.94, 0.07322853305948344, 0.010664349474681999, 0, 1],
    [134, 118.27, 130.03, 0.005716687683900856, 0.09314838167297182, 1, 0],
    [150, 115.65, 123.85, 0.04048784534970543, 0.027545009541193006, 0, 0],
    [175, 122.75, 134.85, 0.08292865147553227, 0.007471049682480389, 0, 1],
    [199, 136.08, 143.11, 0.0072225869993432605, 0.04406507623841848, 1, 0],
  ]);
});

test("has both at the price without movement", () => {
  expect(lastOf(supportResistance(20), stillBars(200, 100, 500))).toEqual([100, 100, 0, 0, 1, 1]);
});
