import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import type { StepFacts, WeightedTerm } from "../reward.ts";
import { differentialSharpe } from "./differential-sharpe.ts";
import { rewardParts } from "./rewards.ts";
import { v6Legacy } from "./v6-legacy.ts";

rewardContract("v6-legacy", () => v6Legacy, { paysFlat: true, feesMayHelp: true });

const facts = (gain: number, gross = 100): StepFacts =>
  stepFacts({ after: 100 * (1 + gain), peakAfter: 100 * (1 + Math.max(gain, 0)), gross });

/** What a reward pays for returns, step by step. */
function paid(reward: readonly WeightedTerm[], steps: readonly StepFacts[]): number[] {
  const states = reward.map(({ term }) => new Float64Array(term.stateWidth));
  return steps.map((step) =>
    reward.reduce((sum, { term, weight }, k) => sum + weight * term.value(step, states[k], 0), 0),
  );
}

test("charges a flat account 0.01 a step once it has lost, which v6 does not", () => {
  const steps = [
    ...Array.from({ length: 12 }, (_, n) => facts(n === 3 ? -0.02 : 0.01)),
    ...Array(400).fill(facts(0, 0)),
  ];
  // 0.2 · 0.1 · −0.5 of the Sortino term, for as long as it remembers a loss (252 steps).
  expect(paid(v6Legacy.slice(1, 2), steps).slice(12, 250)).toEqual(Array(238).fill(expect.closeTo(-0.01, 12)));
  expect(paid(v6Legacy, steps)[252], "and what its moments still say").not.toBe(0);
  const v6 = rewardParts([{ term: "v6", weight: 1 }]);
  expect(paid(v6, steps).slice(12)).toEqual(Array(400).fill(0));
});

test("its differential Sharpe ratio has next to nothing to do with the true one on random returns", () => {
  const rng = createRng(11);
  const steps = Array.from({ length: 20_000 }, () => facts(0.01 * rng.normal()));
  const legacy = paid(v6Legacy.slice(0, 1), steps).slice(500);
  const truth = paid([{ term: differentialSharpe({ warmUpSteps: 1, deviationFloor: 0 }), weight: 1 }], steps).slice(
    500,
  );
  const gains = steps.slice(500).map(({ after }) => after / 100 - 1);
  expect(correlation(truth, gains)).toBeGreaterThan(0.95);
  // The inventory (V6-043) measured −0.2 with the true ratio and −0.11 to −0.18 with the return.
  expect(correlation(legacy, truth)).toBeLessThan(0);
  expect(correlation(legacy, truth)).toBeGreaterThan(-0.4);
  expect(deviation(truth) / deviation(legacy), "and it is all but absent").toBeGreaterThan(20);
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const average = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - average) ** 2)));
}

function correlation(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [mean(one), mean(other)];
  return mean(one.map((value, n) => (value - a) * (other[n] - b))) / (deviation(one) * deviation(other));
}
