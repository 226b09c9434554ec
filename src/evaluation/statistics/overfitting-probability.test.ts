/** @file CSCV against a day-by-day formulation in NumPy with SciPy 1.17.1 (stats.rankdata, stats.linregress), and against known worlds. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Overfitting } from "./overfitting-probability.ts";
import { overfittingProbability } from "./overfitting-probability.ts";
import { autoregression } from "./series.fixture.ts";

function valueOf(strategies: readonly Float64Array[], blocks?: number): Overfitting {
  const answer = overfittingProbability(strategies, blocks);
  if (!answer.known) throw new Error(answer.reason);
  return answer.value;
}

test("agrees with NumPy on eight strategies, 205 bars and eight blocks", () => {
  const strategies = Array.from({ length: 8 }, (_, i) =>
    autoregression(205, 50 + i).map((value) => value + (0.02 * i) / 7),
  );
  const { probability, lossProbability, degradation, splits, logits } = valueOf(strategies, 8);
  expect(splits).toBe(70);
  expect(probability).toBe(0.5);
  expect(lossProbability).toBeCloseTo(0.4857142857142857, 12);
  expect(degradation.slope).toBeCloseTo(-0.29138840494704515, 9);
  expect(degradation.level).toBeCloseTo(0.044700448219855075, 9);
  expect(logits.reduce((sum, value) => sum + value, 0)).toBeCloseTo(-6.775964014837398, 9);
});

test("a strategy that is better everywhere is never overfitted", () => {
  const strategies = Array.from({ length: 6 }, (_, i) =>
    autoregression(400, i + 1).map((value) => value + (i === 2 ? 2 : 0)),
  );
  const { probability, lossProbability, splits } = valueOf(strategies);
  expect([probability, lossProbability, splits]).toEqual([0, 0, 12_870]);
});

test("among worthless strategies the winner is below the middle about every other time", () => {
  const rng = createRng(4);
  const shares = Array.from(
    { length: 12 },
    () =>
      valueOf(
        Array.from({ length: 10 }, () => Float64Array.from({ length: 320 }, () => rng.normal())),
        8,
      ).probability,
  );
  const average = shares.reduce((sum, value) => sum + value, 0) / shares.length;
  expect(average).toBeGreaterThan(0.35);
  expect(average).toBeLessThan(0.7);
});

test("strategies that never move share their rank; too few of anything is no number", () => {
  const flat = [new Float64Array(160), new Float64Array(160)];
  // Rank 1.5 of 3 is the middle: λ = 0, which counts as overfitted.
  expect(valueOf(flat).probability).toBe(1);
  expect(overfittingProbability([flat[0]])).toMatchObject({ known: false, needed: 2, found: 1 });
  expect(overfittingProbability([flat[0].subarray(1), flat[1].subarray(1)])).toMatchObject({ needed: 160, found: 159 });
});
