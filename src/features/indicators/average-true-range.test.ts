/** @file ATR: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { barsFrom } from "#domain/bar.ts";
import { indicatorColumns } from "../indicator.ts";
import { sampleBars, stillBars } from "../sample-bars.ts";
import { atr, atrColumn, rawAtr } from "./average-true-range.ts";

indicatorContract("ATR", () => atr(14));

// trading-signals 8.3.0 (npm), ATR with Wilder's smoothing (technicalindicators leaves out the first bar; 1e-11 apart after 300 bars).
test("agrees with an independent source", () => {
  expectKnown(atr(14), [
    [13, 1.962857142857143],
    [14, 1.8462244897959184],
    [30, 1.5621835232383692],
    [47, 1.3904240514534552],
    [66, 1.6178355867177188],
    [95, 1.8084887640676863],
    [121, 1.6485926464538208],
    [134, 1.8562019837667088],
    [150, 1.9424362789775642],
    [175, 1.9255035057894097],
    [199, 1.6285447670011761],
  ]);
});

test("is 0 without range", () => {
  expect(lastOf(atr(14), stillBars(200, 100, 500))).toEqual([0]);
});

test("gives the market a column without a warm-up: the mean of the true ranges so far, then Wilder's average", () => {
  const bars = sampleBars(100);
  const column = atrColumn(barsFrom(bars), 14);
  // By the formula, without the running forms.
  const ranges = bars.map(({ high, low }, t) => {
    const before = t === 0 ? [] : [Math.abs(high - bars[t - 1].close), Math.abs(low - bars[t - 1].close)];
    return Math.max(high - low, ...before);
  });
  let expected = 0;
  bars.forEach((_, t) => {
    if (t < 14) expected = ranges.slice(0, t + 1).reduce((total, range) => total + range, 0) / (t + 1);
    else expected = (expected * 13 + ranges[t]) / 14;
    expect(column[t]).toBeCloseTo(expected, 10);
  });
  expect(
    ranges.some((range, t) => range > bars[t].high - bars[t].low),
    "the sample has gaps",
  ).toBe(true);
});

test("gives the same bits to the market as to the features once warm", () => {
  const bars = barsFrom(sampleBars(100));
  expect(atrColumn(bars, 14).subarray(13)).toEqual(indicatorColumns(atr(14), bars).subarray(13));
});

indicatorContract("ATR without a warm-up", () => rawAtr(14));
