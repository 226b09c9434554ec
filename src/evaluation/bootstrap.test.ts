/** @file The bootstrap against what theory gives. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { optimalBlockLength } from "#base/blocks.ts";
import { bootstrapVariance, pairedBootstrap, percentileInterval, quantile } from "./bootstrap.ts";
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
