import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { envContract } from "../env.contract.ts";
import { vectorEnv } from "../vector.ts";
import { recall, recallByPresent } from "./recall.ts";

envContract("recall", (lanes) => vectorEnv(recall(), lanes), { isStart: ([row]) => row >= 31 });

const rng = createRng(3);

/** What the world pays for either answer at a row. */
function paid(world: ReturnType<typeof recall>, row: number): number[] {
  return [0, 1].map((action) => world.step({ row }, [action], rng).reward);
}

test("pays for what was said when the flag was last up, which is within the longest gap", () => {
  const world = recall({ shortestGap: 2, longestGap: 5, rows: 500, lookback: 5 });
  const { observationSpace: space } = world;
  if (space.kind !== "windowed") throw new Error("recall is windowed");
  const { values } = space.table;
  for (let row = 4; row < 499; row++) {
    let flag = row;
    while (values[flag * 2 + 1] === 0) flag--;
    expect(row - flag).toBeLessThan(5);
    expect(paid(world, row)).toEqual(values[flag * 2] === 1 ? [0, 1] : [1, 0]);
  }
});

test("tells only a row, moves on by one, and begins where a whole window lies behind", () => {
  const world = recall({ lookback: 8, longestGap: 4, rows: 100, maxSteps: 10 });
  const seen = new Float32Array(4);
  world.observe({ row: 17 }, seen, 1);
  expect([...seen]).toEqual([0, 17, 1, 0]);
  expect(world.step({ row: 17 }, [0], rng)).toMatchObject({ state: { row: 18 }, terminated: false });
  const starts = Array.from({ length: 500 }, () => world.initial(rng).row);
  expect([Math.min(...starts), Math.max(...starts)]).toEqual([7, 89]);
});

test("has the same table for the same seed, and another for another", () => {
  const table = (seed: number): unknown => recall({ seed }).observationSpace;
  expect(table(1)).toEqual(table(1));
  expect(table(1)).not.toEqual(table(2));
});

test("is right by the present alone where the flag is up, and else by chance", () => {
  const world = recall({ longestGap: 4, rows: 40_000, lookback: 1 });
  const { observationSpace: space } = world;
  if (space.kind !== "windowed") throw new Error("recall is windowed");
  let right = 0;
  for (let row = 3; row < 39_999; row++) {
    const [said, up] = space.table.values.subarray(row * 2, row * 2 + 2);
    right += up === 1 ? world.step({ row }, [said === 1 ? 1 : 0], rng).reward : 0.5;
  }
  expect(right / 39_996).toBeCloseTo(recallByPresent({ longestGap: 4 }), 2);
  expect(recallByPresent({ longestGap: 4 })).toBe(0.7);
});

test("refuses gaps and tables that make no sense", () => {
  expect(() => recall({ shortestGap: 5, longestGap: 4 })).toThrow("shortest");
  expect(() => recall({ rows: 60 })).toThrow("fits in the table");
  expect(() => recall().step({ row: 40 }, [2], rng)).toThrow("said +1");
});
