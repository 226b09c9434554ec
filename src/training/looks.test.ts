import { describe, expect, test } from "vitest";
import type { GreedyScore } from "./greedy.ts";
import type { Look } from "./looks.ts";
import { exhausted, overfitting, unstable } from "./looks.ts";

const score = (meanReward: number): GreedyScore => ({
  meanReward,
  turnover: 0,
  sharpe: 0,
  maxDrawdown: 0,
  equity: 100,
  totalReturn: 0,
  trades: 0,
  costs: 0,
});

/** Looks every 100 steps, the first at the untrained network. */
const looks = (validation: readonly number[], train: readonly number[] = validation): Look[] =>
  validation.map((value, at) => ({ transitions: 100 * at, train: score(train[at]), validation: score(value) }));

describe("early stopping", () => {
  const stopping = { patience: 300, minimum: 0, improvement: 0 };

  test("waits for its patience since the best look, counted in transitions", () => {
    const rewards = [0, 1, 3, 2, 2.5];
    expect(exhausted(looks(rewards), stopping)).toBe(false);
    expect(exhausted(looks([...rewards, 2.9]), stopping)).toBe(true);
    expect(exhausted(looks([...rewards, 3.1]), stopping)).toBe(false);
  });

  test("never comes before its minimum", () => {
    const rewards = [0, 3, 2, 2, 2, 2];
    expect(exhausted(looks(rewards), { ...stopping, minimum: 501 })).toBe(false);
    expect(exhausted(looks(rewards), { ...stopping, minimum: 500 })).toBe(true);
  });

  test("counts as better only what is better by the improvement asked for", () => {
    const rewards = [0, 1, 1.05, 1.09, 1.1];
    expect(exhausted(looks(rewards), stopping)).toBe(false);
    expect(exhausted(looks(rewards), { ...stopping, improvement: 0.1 })).toBe(true);
  });

  test("does not take a lucky untrained network for the best", () => {
    expect(exhausted(looks([9, 1, 2, 3]), stopping)).toBe(false);
    expect(exhausted(looks([9]), stopping)).toBe(false);
  });
});

describe("the alarm of overfitting", () => {
  const rising = [0, 1, 2, 3.1, 4, 5, 6];
  const falling = [0, 3, 2.5, 2.1, 1.4, 1, 0.6];

  test("comes where training rises and validation falls, and says what to do", () => {
    const alarm = overfitting(looks(falling, rising));
    expect(alarm).toMatchObject({ kind: "overfitting", transitions: 600 });
    expect(alarm?.message).toContain("earlyStopping.patience");
  });

  test.each([
    ["both rise", rising, rising],
    ["both fall", falling, falling],
    ["training stands still", falling, [0, 1, 1, 1, 1, 1, 1]],
    ["validation only shakes", [0, 2, -2, 2, -2.5, 2, -2], rising],
    ["there are few looks", falling.slice(0, 6), rising.slice(0, 6)],
  ])("does not come where %s", (_, validation, train) => {
    expect(overfitting(looks(validation, train))).toBeUndefined();
  });
});

describe("the alarm of an unstable training", () => {
  const usual = Array.from({ length: 20 }, (_, at) => 1 + 0.1 * (at % 3));

  test("comes where a loss runs away from what is usual", () => {
    expect(unstable([...usual, 60], 7)).toMatchObject({ kind: "unstable", transitions: 7 });
  });

  test("does not come where losses vary, nor before it is known what is usual", () => {
    expect(unstable([...usual, 10], 7)).toBeUndefined();
    expect(unstable([...usual.slice(1), 60], 7)).toBeUndefined();
  });
});
