/** @file Corwin and Schultz's spread: the contract, their formula worked anew, and what it says without range. */
import { expect, test } from "vitest";
import type { Bar } from "#domain/bar.ts";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, stillBars } from "../sample-bars.ts";
import { corwinSchultzSpread } from "./corwin-schultz-spread.ts";

indicatorContract("spread of Corwin and Schultz", () => corwinSchultzSpread(20));

/** Equations 14 and 18 of the paper, as printed there. */
function spread(before: Bar, bar: Bar): number {
  const shift = before.close < bar.low ? before.close / bar.low : before.close > bar.high ? before.close / bar.high : 1;
  const [high, low] = [bar.high * shift, bar.low * shift];
  const beta = [before.high / before.low, high / low].reduce((sum, ratio) => sum + Math.log(ratio) ** 2, 0);
  const gamma = Math.log(Math.max(before.high, high) / Math.min(before.low, low)) ** 2;
  const root = 3 - 2 * Math.sqrt(2);
  const alpha = (Math.sqrt(2 * beta) - Math.sqrt(beta)) / root - Math.sqrt(gamma / root);
  return Math.max(0, (2 * (Math.exp(alpha) - 1)) / (1 + Math.exp(alpha)));
}

test("is the mean of the paper's estimates", () => {
  for (const length of [30, 77, 140, 200]) {
    const bars = sampleBars(length);
    const estimates = Array.from({ length: 20 }, (_, k) => spread(bars[length - 21 + k], bars[length - 20 + k]));
    const known = estimates.reduce((sum, one) => sum + one, 0) / 20;
    expect(known).toBeGreaterThan(0);
    expect(lastOf(corwinSchultzSpread(20), bars)[0]).toBeCloseTo(known, 12);
  }
});

test("finds the bounce between bid and ask where nothing else moves", () => {
  // Every bar trades at 99 and at 101: a spread of 2 %.
  const bars = stillBars(60, 100, 1).map((bar) => ({ ...bar, high: 101, low: 99 }));
  expect(lastOf(corwinSchultzSpread(20), bars)[0]).toBeCloseTo(2 * Math.tanh(Math.log(101 / 99) / 2), 10);
});

test("is 0 without range", () => {
  expect(lastOf(corwinSchultzSpread(20), stillBars(60, 100, 1))).toEqual([0]);
});
