/** @file After a million numbers that jump from millionths to millions and back, a window says what it says computed anew. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Bar } from "#domain/bar.ts";
import type { Indicator } from "./indicator.ts";
import { autocorrelation } from "./indicators/autocorrelation.ts";
import { bollingerPattern } from "./indicators/bollinger-pattern.ts";
import { commodityChannelIndex } from "./indicators/commodity-channel-index.ts";
import { hurstExponent } from "./indicators/hurst-exponent.ts";
import { kurtosis } from "./indicators/kurtosis.ts";
import { meanReversion } from "./indicators/mean-reversion.ts";
import { moneyFlowIndex } from "./indicators/money-flow-index.ts";
import { regressionSlope } from "./indicators/regression-slope.ts";
import { skewness } from "./indicators/skewness.ts";
import { ulcerIndex } from "./indicators/ulcer-index.ts";
import { varianceRatio } from "./indicators/variance-ratio.ts";
import { rollingFalls } from "./rolling-falls.ts";
import { rollingLine } from "./rolling-line.ts";
import { rollingMoments } from "./rolling-moments.ts";
import { rollingPairs } from "./rolling-pairs.ts";
import { rollingQuantile } from "./rolling-quantile.ts";
import { rollingSum } from "./rolling-sum.ts";
import { distancesFrom, insert, sortedWindow } from "./sorted-window.ts";

const bars = 1_000_000;

/** A walk of steps of a hundredth around a level that changes, every few hundred numbers, to another between 1e-6 and 1e6. */
const prices = hostilePrices();

function hostilePrices(): Float64Array {
  const rng = createRng(5, "hostile prices");
  let level = 1;
  let left = 0;
  return Float64Array.from({ length: bars }, () => {
    if (left-- === 0) {
      left = rng.integer(400);
      level = 10 ** (12 * rng.uniform() - 6);
    }
    return level * (1 + 0.01 * rng.uniform());
  });
}

/** Every so many numbers, with no common divisor with the windows, and the last one. */
function isChecked(t: number): boolean {
  return (t > 1000 && t % 9973 === 0) || t === bars - 1;
}

const total = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0);

/** To a billionth of `size`, which is as large as the terms of which the answer is made. */
function expectNear(found: number, wanted: number, size: number, what: string): void {
  expect(Math.abs(found - wanted), `${what}: ${found}, computed anew ${wanted}`).toBeLessThanOrEqual(1e-9 * size);
}

test("each window agrees with its definition", () => {
  const n = 48;
  const [sum, falls, quantile] = [rollingSum(n), rollingFalls(n), rollingQuantile(n, 0.3)];
  const [moments, line, pairs, sorted] = [rollingMoments(n), rollingLine(n), rollingPairs(n), sortedWindow(n)];
  let checks = 0;
  for (let t = 0; t < bars; t++) {
    const x = prices[t];
    const [added, fallen, third] = [sum(x), falls(x), quantile(x)];
    moments.take(x);
    line.take(x);
    pairs.take(x, prices[Math.max(0, t - 1)]);
    insert(sorted, x);
    if (!isChecked(t)) continue;
    checks++;
    const last = prices.subarray(t + 1 - n, t + 1);
    const before = prices.subarray(t - n, t);
    const mean = total(last) / n;
    const distances = last.map((value) => value - mean);
    expectNear(added, total(last), total(last), "sum");
    expectNear(moments.mean(), mean, mean, "mean");
    const powers = [2, 3, 4].map((power) => distances.map((distance) => distance ** power));
    const [squares, cubes, fourths] = powers.map(total);
    expectNear(moments.squares(), squares, squares, "squares");
    expectNear(moments.cubes(), cubes, total(powers[1].map(Math.abs)), "cubes");
    expectNear(moments.fourths(), fourths, fourths, "fourths");
    const products = distances.map((distance, k) => distance * (before[k] - total(before) / n));
    expectNear(pairs.products(), total(products), total(products.map(Math.abs)), "products");
    const places = distances.map((_, k) => k - (n - 1) / 2);
    const spread = (n * (n * n - 1)) / 12;
    const rises = distances.map((distance, k) => distance * places[k]);
    const slope = total(rises) / spread;
    expectNear(line.slope(), slope, total(rises.map(Math.abs)) / spread, "slope");
    const off = total(distances.map((distance, k) => (distance - slope * places[k]) ** 2));
    expectNear(line.squares(), off, off, "squares about the line");
    const highs = last.map((_, k) => Math.max(...last.subarray(0, k + 1)));
    const depth = total(last.map((value, k) => (value / highs[k] - 1) ** 2));
    expectNear(fallen, depth, depth, "falls");
    const inOrder = last.toSorted();
    const level = inOrder[14] + (0.3 * (n - 1) - 14) * (inOrder[15] - inOrder[14]);
    expectNear(third, level, level, "quantile");
    expectNear(
      distancesFrom(sorted, mean),
      total(distances.map(Math.abs)),
      total(distances.map(Math.abs)),
      "distances",
    );
  }
  expect(checks).toBeGreaterThan(100);
});

function barAt(t: number, into: { -readonly [Key in keyof Bar]: Bar[Key] }): Bar {
  const [open, close] = [prices[Math.max(0, t - 1)], prices[t]];
  into.openTime = 60_000 * t;
  into.open = open;
  into.close = close;
  into.high = 1.001 * Math.max(open, close);
  into.low = 0.999 * Math.min(open, close);
  into.volume = 1000 * (1 + (t % 7));
  return into;
}

test.each<[string, () => Indicator]>([
  ["autocorrelation", () => autocorrelation(1, 60)],
  ["bollinger pattern", () => bollingerPattern(20, 2, 50)],
  ["CCI", () => commodityChannelIndex(20)],
  ["Hurst exponent", () => hurstExponent(256)],
  ["kurtosis", () => kurtosis(60)],
  ["mean reversion", () => meanReversion(50)],
  ["MFI", () => moneyFlowIndex(14)],
  ["regression slope", () => regressionSlope(20)],
  ["skewness", () => skewness(60)],
  ["ulcer index", () => ulcerIndex(14)],
  ["variance ratio", () => varianceRatio(5, 120)],
])("the %s agrees with one that has only seen its own window", (_, create) => {
  const [old, bar] = [create(), { openTime: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 }];
  const [said, anew] = [new Float64Array(old.outputs.length), new Float64Array(old.outputs.length)];
  for (let t = 0; t < bars; t++) {
    old.next(barAt(t, bar), said, 0);
    if (!isChecked(t)) continue;
    const young = create();
    let price = 0;
    for (let k = t + 1 - young.warmUpBars; k <= t; k++) {
      young.next(barAt(k, bar), anew, 0);
      price = Math.max(price, bar.high);
    }
    // What is in price may cancel to little of it; all else is a number of about 1.
    anew.forEach((wanted, output) => {
      const size = Math.max(Math.abs(wanted), Math.min(1, price));
      expectNear(said[output], wanted, size, old.outputs[output]);
    });
  }
});
