/** @file stochastic: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { stochastic } from "./stochastic.ts";

indicatorContract("stochastic", () => stochastic(14, 3));

// technicalindicators 3.1.0 (npm), Stochastic.
test("agrees with an independent source", () => {
  expectKnown(stochastic(14, 3), [
    [15, 97.84615384615384, 98.41324155138227],
    [16, 96.33027522935777, 97.94296839441466],
    [30, 65.06410256410265, 63.300317630315426],
    [47, 11.976047904191775, 33.196908934424776],
    [66, 2.242990654205429, 7.118466249802534],
    [95, 42.312746386333764, 25.020141010304854],
    [121, 83.59659781287978, 86.75577156743627],
    [134, 5.782312925170124, 6.132972142416407],
    [150, 71.87039764359355, 61.413843888070666],
    [175, 91.56829679595279, 93.04819848119136],
    [199, 14.08250355618749, 18.729255571360703],
  ]);
});

test("is 50 without range", () => {
  expect(lastOf(stochastic(14, 3), stillBars(200, 100, 500))).toEqual([50, 50]);
});
