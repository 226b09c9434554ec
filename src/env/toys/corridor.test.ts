import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { envContract } from "../env.contract.ts";
import { vectorEnv } from "../vector.ts";
import { corridor, corridorOptimum } from "./corridor.ts";

envContract("corridor", (lanes) => vectorEnv(corridor(), lanes), {
  chance: false,
  isStart: ([first, ...others]) => first === 1 && others.every((cell) => cell === 0),
});

const rng = createRng(0);

test("goes left and right, and bumps into the left wall", () => {
  const world = corridor({ cells: 5, stepCost: 0.25 });
  expect(world.step({ cell: 2 }, [1], rng)).toEqual({ state: { cell: 3 }, reward: -0.25, terminated: false });
  expect(world.step({ cell: 2 }, [0], rng)).toEqual({ state: { cell: 1 }, reward: -0.25, terminated: false });
  expect(world.step({ cell: 0 }, [0], rng)).toEqual({ state: { cell: 0 }, reward: -0.25, terminated: false });
  expect(world.step({ cell: 3 }, [1], rng)).toEqual({ state: { cell: 4 }, reward: 0.75, terminated: true });
  expect(() => world.step({ cell: 0 }, [2], rng)).toThrow("left");
});

test("has the optimum that value iteration finds", () => {
  for (const cells of [2, 3, 10]) {
    const world = corridor({ cells });
    const values = new Float64Array(cells);
    for (let sweep = 0; sweep < cells; sweep++) {
      for (let cell = 0; cell < cells - 1; cell++) {
        const returns = [0, 1].map((action) => {
          const { state, reward, terminated } = world.step({ cell }, [action], rng);
          return reward + (terminated ? 0 : values[state.cell]);
        });
        values[cell] = Math.max(...returns);
      }
    }
    expect(corridorOptimum({ cells })).toBeCloseTo(values[0], 12);
  }
  expect(corridorOptimum()).toBeCloseTo(0.91, 12);
});
