import fc from "fast-check";
import { expect, test } from "vitest";
import { advantages, normalise } from "./advantage.ts";

const rollout = (rewards: number[], values: number[], next: number[], terminated: number[], truncated: number[]) => ({
  rewards: Float32Array.from(rewards),
  values: Float32Array.from(values),
  nextValues: Float32Array.from(next),
  terminated: Uint8Array.from(terminated),
  truncated: Uint8Array.from(truncated),
});

test("equals a worked example", () => {
  // γ = 0.5, λ = 0.5: δ₂ = 3 + 0.5·4 − 1 = 4, δ₁ = 2 + 0.5·1 − 2 = 0.5, δ₀ = 1 + 0.5·2 − 0 = 2
  const result = advantages(rollout([1, 2, 3], [0, 2, 1], [2, 1, 4], [0, 0, 0], [0, 0, 0]), 1, 0.5, 0.5);
  expect([...result]).toEqual([2 + 0.25 * (0.5 + 0.25 * 4), 0.5 + 0.25 * 4, 4]);
});

test("bootstraps from the last state where an episode was truncated, and from nothing where it was terminated", () => {
  const truncated = advantages(rollout([1, 1], [0, 0], [10, 10], [0, 0], [1, 0]), 1, 0.5, 0.5);
  expect([...truncated]).toEqual([6, 6]);
  const terminated = advantages(rollout([1, 1], [0, 0], [10, 10], [1, 0], [0, 0]), 1, 0.5, 0.5);
  expect([...terminated], "what lies behind the end has no value, and nothing flows back over it").toEqual([1, 6]);
});

test("keeps lanes apart", () => {
  const result = advantages(rollout([1, 5, 1, 5], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]), 2, 1, 1);
  expect([...result]).toEqual([2, 10, 1, 5]);
});

test("with λ = 1 and γ = 1 is the sum of rewards to the end less the value", () => {
  const numbers = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(numbers, (rewards) => {
      const zeros = rewards.map(() => 0);
      const last = rewards.map((_, at) => (at === rewards.length - 1 ? 1 : 0));
      const values = rewards.map((_, at) => at % 3);
      const next = [...values.slice(1), 0];
      const result = advantages(rollout(rewards, values, next, last, zeros), 1, 1, 1);
      rewards.forEach((_, at) => {
        const toGo = rewards.slice(at).reduce((sum, reward) => sum + reward, 0);
        expect(result[at]).toBeCloseTo(toGo - values[at], 4);
      });
    }),
  );
});

test("normalises to mean 0 and deviation 1, and a constant list to 0", () => {
  const values = Float32Array.of(1, 2, 3, 4);
  normalise(values);
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
  expect(values.reduce((sum, value) => sum + value * value, 0) / 4).toBeCloseTo(1, 5);
  const constant = Float32Array.of(3, 3, 3);
  normalise(constant);
  expect([...constant]).toEqual([0, 0, 0]);
});
