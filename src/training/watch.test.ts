import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { GreedyScore } from "./greedy.ts";
import { createWatch } from "./watch.ts";

const rng = createRng(1);
const score = (meanReward: number): GreedyScore => ({
  meanReward,
  turnover: rng.uniform(),
  sharpe: rng.normal(),
  maxDrawdown: rng.uniform(),
  equity: 1e5 * rng.uniform(),
  totalReturn: rng.normal(),
  trades: rng.integer(9),
  costs: rng.uniform(),
});

test("goes on from a snapshot with everything that it had seen, and raises each alarm once", () => {
  const stopping = { patience: 5, minimum: 0, improvement: 0 };
  const watch = createWatch(stopping);
  for (let step = 0; step < 30; step++) watch.iteration(step, { valueLoss: step === 25 || step === 28 ? 1e4 : 1 });
  for (let step = 0; step < 8; step++) {
    const noise = 0.01 * rng.normal();
    watch.look({ transitions: step, train: score(step + noise), validation: score(noise - step) });
  }
  expect(watch.alarms.map(({ kind, transitions }) => [kind, transitions])).toEqual([
    ["unstable", 25],
    ["overfitting", 6],
  ]);
  const other = createWatch(stopping);
  other.restore(watch.snapshot());
  expect(other.looks).toEqual(watch.looks);
  expect(other.alarms).toEqual(watch.alarms);
  expect([other.exhausted, watch.exhausted]).toEqual([true, true]);
  expect(other.snapshot()).toEqual(watch.snapshot());
});

test("is never exhausted where nobody asked for early stopping", () => {
  const watch = createWatch(undefined);
  for (let step = 0; step < 9; step++) watch.look({ transitions: step, train: score(0), validation: score(-step) });
  expect(watch.exhausted).toBe(false);
});
