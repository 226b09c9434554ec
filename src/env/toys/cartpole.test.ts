import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { envContract } from "../env.contract.ts";
import { stepBuffers, vectorEnv } from "../vector.ts";
import type { CartpoleState } from "./cartpole.ts";
import { cartpole } from "./cartpole.ts";

envContract("cartpole", (lanes) => vectorEnv(cartpole(), lanes), {
  isStart: (observation) =>
    observation.every((value) => Math.abs(value) <= 0.05) && observation.some((value) => value !== 0),
});

const world = cartpole();
const rng = createRng(0);

function after(numbers: readonly number[], ...actions: readonly number[]): { state: number[]; terminated: boolean[] } {
  const [position, velocity, angle, angularVelocity] = numbers;
  let state: CartpoleState = { position, velocity, angle, angularVelocity };
  const terminated = actions.map((action) => {
    const next = world.step(state, [action], rng);
    expect(next.reward).toBe(1);
    state = next.state;
    return next.terminated;
  });
  return { state: [state.position, state.velocity, state.angle, state.angularVelocity], terminated };
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 14);
}

test("gives 8/41 and −12/41 as the velocities after one push to the right from rest", () => {
  expectClose(after([0, 0, 0, 0], 1).state, [0, 8 / 41, 0, -12 / 41]);
  expectClose(after([0, 0, 0, 0], 0).state, [0, -8 / 41, 0, 12 / 41]);
});

test("agrees with Gymnasium 1.3.0 over four steps", () => {
  const { state } = after([0.03, -0.02, 0.04, 0.01], 0, 1, 1, 0);
  expectClose(state, [0.028329258817488923, -0.02248316300372699, 0.042359121424821164, 0.06482610165135783]);
});

test("terminates past 12 degrees and past 2.4 metres, on either side", () => {
  const tilted = after([0, 0, 0.2, 0.6], 1);
  expectClose(tilted.state, [0, 0.19184526181257547, 0.21200000000000002, 0.37637708942418624]);
  expect(tilted.terminated).toEqual([true]);
  expect(after([0, 0, -0.2, -0.6], 1).terminated).toEqual([true]);
  expect(after([2.39, 0.6, 0, 0], 1).terminated).toEqual([true]);
  expect(after([-2.39, -0.6, 0, 0], 0).terminated).toEqual([true]);
  expect(after([2.39, 0.4, 0.2, 0.4], 1).terminated).toEqual([false]);
});

test("falls after 9 and 10 pushes to one side, as Gymnasium's does", () => {
  expect(after([0, 0, 0, 0], ...Array<number>(9).fill(1)).terminated.indexOf(true)).toBe(8);
  expect(after([0.01, 0.02, -0.03, 0.04], ...Array<number>(10).fill(0)).terminated.indexOf(true)).toBe(9);
});

test("is truncated after 500 steps of a pole held upright, and counts 500 as its return", () => {
  const env = vectorEnv(world, 1);
  const buffers = stepBuffers(1, env.observationSpace, env.actionSpace);
  env.reset(3, buffers);
  let total = 0;
  for (let step = 1; step <= 500; step++) {
    const [position, velocity, angle, angularVelocity] = buffers.observations;
    const lean = angle + 0.5 * angularVelocity + 0.05 * velocity + 0.01 * position;
    env.step(Int32Array.of(lean > 0 ? 1 : 0), buffers);
    total += buffers.rewards[0];
    expect([buffers.terminated[0], buffers.truncated[0]], `step ${step}`).toEqual([0, step === 500 ? 1 : 0]);
  }
  expect(total).toBe(500);
});
