/** @file The bootstrap against what theory gives, and the block length against `arch` 8.0.0 (optimal_block_length). */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import {
  blockIndices,
  bootstrapVariance,
  drawBlocks,
  emptyBlocks,
  optimalBlockLength,
  pairedBootstrap,
  percentileInterval,
  quantile,
} from "./bootstrap.ts";
import { mean, moments } from "./metrics.ts";

/** yₜ = φ yₜ₋₁ + eₜ with uniform e from the 32-bit generator of Numerical Recipes, easy to repeat elsewhere. */
function autoregression(bars: number, seed: number, phi: number): Float64Array {
  let state = seed;
  let last = 0;
  return Float64Array.from({ length: bars }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (last = phi * last + state / 2 ** 32 - 0.5);
  });
}

test.each([
  [1000, 1, 0, 1.6840799172145982],
  [1000, 1, 0.5, 11.07065769276539],
  [1000, 2, 0.9, 40.39459135310572],
  [4000, 3, -0.4, 15.936438949443591],
  [250, 4, 0.3, 5.177177255894325],
])("agrees with arch on the block length of %i bars (seed %i, φ = %f)", (bars, seed, phi, expected) => {
  expect(optimalBlockLength(autoregression(bars, seed, phi))).toBeCloseTo(expected, 8);
});

test("asks for blocks of at least one bar, also where arch says 0.40 and where nothing varies", () => {
  expect(optimalBlockLength(autoregression(60, 5, 0.2))).toBe(1);
  expect(optimalBlockLength(new Float64Array(100))).toBe(1);
  expect(optimalBlockLength([1, 2, 3])).toBe(1);
});

test("draws blocks of the mean length that was asked for, which fill the history exactly", () => {
  const rng = createRng(1);
  const blocks = emptyBlocks(5000);
  const indices = new Int32Array(5000);
  let count = 0;
  for (let round = 0; round < 40; round++) {
    drawBlocks(rng, 5000, 8, blocks);
    count += blocks.count;
    blockIndices(blocks, indices);
    expect(blocks.length.subarray(0, blocks.count).reduce((sum, length) => sum + length, 0)).toBe(5000);
    expect(Math.min(...indices)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...indices)).toBeLessThan(5000);
  }
  // 25,000 blocks of deviation 7.5: the mean is known to 0.05.
  expect((40 * 5000) / count).toBeCloseTo(8, 0);
});

test("gives the variance of a mean that its formula predicts", () => {
  const series = autoregression(400, 9, 0.6);
  const settings = { rng: createRng(2), blockLengthBars: 12, resamples: 4000 };
  const [means] = pairedBootstrap([series], ([redrawn]) => [mean(redrawn)], settings);
  const ratio = moments(means).deviation ** 2 / bootstrapVariance(series, 12);
  expect(ratio, "a variance from 4,000 draws is known to about 2 %").toBeGreaterThan(0.92);
  expect(ratio).toBeLessThan(1.08);
  expect(bootstrapVariance(series, 1), "blocks of one bar: σ²/T").toBeCloseTo(
    (moments(series).deviation ** 2 * 399) / 400 / 400,
    12,
  );
});

test("finds the long-run variance of an autoregression, which bars redrawn one by one miss by far", () => {
  // Var(mean) · T → σ²/(1 − φ)² with σ² = 1/12; independent bars would give σ²/(1 − φ²), a quarter of it.
  const phi = 0.6;
  const truth = 1 / 12 / (1 - phi) ** 2;
  const estimates = Array.from({ length: 20 }, (_, seed) => {
    const series = autoregression(4000, seed + 100, phi);
    return bootstrapVariance(series, optimalBlockLength(series)) * 4000;
  });
  expect(mean(estimates) / truth).toBeGreaterThan(0.85);
  expect(mean(estimates) / truth).toBeLessThan(1.1);
  const naive = bootstrapVariance(autoregression(4000, 100, phi), 1) * 4000;
  expect(naive / truth).toBeLessThan(0.35);
});

test("covers the mean of independent bars about as often as it promises", () => {
  const root = createRng(3);
  let covered = 0;
  for (let round = 0; round < 200; round++) {
    const rng = root.fork(round);
    const series = Float64Array.from({ length: 150 }, () => rng.normal());
    const [means] = pairedBootstrap([series], ([redrawn]) => [mean(redrawn)], {
      rng,
      blockLengthBars: 1,
      resamples: 300,
    });
    const { lower, upper } = percentileInterval(mean(series), means);
    if (lower <= 0 && upper >= 0) covered++;
  }
  // Binomial of 200 at 0.95: mean 190, deviation 3.1.
  expect(covered).toBeGreaterThanOrEqual(180);
  expect(covered).toBeLessThanOrEqual(199);
});

test("redraws series together, so that equal series stay equal", () => {
  const series = autoregression(200, 1, 0.3);
  const settings = { rng: createRng(4), blockLengthBars: 5, resamples: 200 };
  const [differences, spread] = pairedBootstrap(
    [series, series.slice()],
    ([one, other]) => [mean(one) - mean(other), mean(one)],
    settings,
  );
  expect(differences.every((value) => value === 0)).toBe(true);
  expect(new Set(spread).size).toBeGreaterThan(190);
});

test("repeats itself from the same seed", () => {
  const series = autoregression(100, 1, 0);
  const run = (seed: number): number[] =>
    Array.from(
      pairedBootstrap([series], ([redrawn]) => [mean(redrawn)], {
        rng: createRng(seed),
        blockLengthBars: 3,
        resamples: 5,
      })[0],
    );
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
});

test("interpolates quantiles between neighbours, and keeps infinite ones infinite", () => {
  expect(quantile([1, 2, 3, 4, 5], 0.5)).toBe(3);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(quantile([0, Infinity, Infinity, Infinity], 0.9)).toBe(Infinity);
});
