import { expect, test } from "vitest";
import { corridor } from "./toys/corridor.ts";
import { pendulum } from "./toys/pendulum.ts";
import type { World } from "./env.ts";
import { actionBuffer, stepBuffers, vectorEnv } from "./vector.ts";

test("truncates at maxSteps, terminates at the goal, and calls a goal reached on the last step terminated", () => {
  const world = corridor({ cells: 4, maxSteps: 3 });
  const env = vectorEnv(world, 2);
  const buffers = stepBuffers(2, env.observationSpace, env.actionSpace);
  env.reset(0, buffers);
  const flags: number[][] = [];
  for (let step = 0; step < 4; step++) {
    env.step(Int32Array.of(1, 0), buffers);
    flags.push([...buffers.terminated, ...buffers.truncated]);
  }
  const running = [0, 0, 0, 0];
  expect(flags).toEqual([running, running, [1, 0, 0, 1], running]);
});

test("shows the goal as the final observation and the start as the next one", () => {
  const env = vectorEnv(corridor({ cells: 3 }), 1);
  const buffers = stepBuffers(1, env.observationSpace, env.actionSpace);
  env.reset(0, buffers);
  env.step(Int32Array.of(1), buffers);
  env.step(Int32Array.of(1), buffers);
  expect([...buffers.finalObservations]).toEqual([0, 0, 1]);
  expect([...buffers.observations]).toEqual([1, 0, 0]);
});

test("restores a snapshot whose states were written in another order than the first ones", () => {
  const world: World<{ readonly up: number; readonly down: number }> = {
    name: "two counters",
    observationSpace: { kind: "vector", size: 2 },
    actionSpace: { kind: "discrete", sizes: [1] },
    initial: () => ({ up: 0, down: 0 }),
    step: ({ up, down }) => ({ state: { down: down - 1, up: up + 1 }, reward: 0, terminated: false }),
    observe: ({ up, down }, into, at) => into.set([up, down], at),
  };
  const env = vectorEnv(world, 1);
  const buffers = stepBuffers(1, env.observationSpace, env.actionSpace);
  env.reset(0, buffers);
  for (let step = 0; step < 5; step++) env.step(Int32Array.of(0), buffers);
  const other = vectorEnv(world, 1);
  other.restore(env.snapshot());
  other.step(Int32Array.of(0), buffers);
  expect([...buffers.observations]).toEqual([6, -6]);
});

test("refuses a snapshot of another world or another number of lanes, and too few actions", () => {
  const env = vectorEnv(pendulum(), 2);
  expect(() => env.restore(vectorEnv(pendulum(), 3).snapshot())).toThrow("as many lanes");
  expect(() => env.restore(vectorEnv(corridor(), 2).snapshot())).toThrow("this world");
  expect(() => env.restore({})).toThrow("snapshot");
  const buffers = stepBuffers(2, env.observationSpace, env.actionSpace);
  expect(() => env.step(Float32Array.of(0), buffers)).toThrow("one action for each lane");
});

test("makes buffers as wide as the spaces say", () => {
  const observation = { kind: "vector", size: 3 } as const;
  const discrete = { kind: "discrete", sizes: [3, 2] } as const;
  const buffers = stepBuffers(4, observation, discrete);
  expect(buffers.observations.length).toBe(12);
  expect([...buffers.legal]).toEqual(Array.from({ length: 20 }, () => 1));
  expect(actionBuffer(4, discrete)).toEqual(new Int32Array(8));
  expect(actionBuffer(4, { kind: "box", low: [-1], high: [1] })).toEqual(new Float32Array(4));
  const table = { values: new Float32Array(6), rows: 3, columns: 2 };
  const windowed = stepBuffers(2, { kind: "windowed", table, lookback: 2, size: 4 }, discrete);
  expect(windowed.observations.length).toBe(10);
});
