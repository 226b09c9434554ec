/** @file Threads that boost together give the trees of one thread, and say so when one of them fails. */
import { expect, test } from "vitest";
import { createBoosting } from "#agents/boosting.ts";
import { boostingDefaults } from "#agents/boosting/config.ts";
import { boostingMemory } from "#agents/boosting/memory.ts";
import { createRng } from "#base/rng.ts";
import { threadCrew } from "./boosting-crew.ts";

/** 20,000 rows of 30 features and three classes: several slices, several blocks. */
function table(): { readonly values: Float32Array; readonly labels: Float32Array } {
  const rng = createRng(1);
  const values = Float32Array.from({ length: 20_000 * 30 }, () => (rng.uniform() < 0.02 ? NaN : rng.normal()));
  const labels = Float32Array.from({ length: 20_000 }, (_, row) => {
    const score = (values[row * 30] || 0) + (values[row * 30 + 7] || 0) * (values[row * 30 + 29] || 0);
    return score + 0.5 * rng.normal() > 0.5 ? 2 : score < -0.5 ? 0 : 1;
  });
  return { values, labels };
}

test("the trees are the same whatever the number of threads", async () => {
  const train = table();
  const validation = { values: train.values.slice(0, 3000 * 30), labels: train.labels.slice(0, 3000) };
  const featureNames = Array.from({ length: 30 }, (_, f) => `f${f}`);
  const config = { ...boostingDefaults, objective: "softmax", classes: 3, rounds: 4, rowShare: 0.8 } as const;
  const results = [];
  for (const threads of [1, 2, 3]) {
    const boosting = await createBoosting({ featureNames, train, validation }, config, 1, threadCrew(threads));
    const metrics = [];
    while (!boosting.done) metrics.push(boosting.next());
    await boosting.dispose();
    results.push({ metrics, forest: boosting.forest() });
  }
  expect(results[0].forest.trees).toHaveLength(12);
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

test("a task that fails in any thread is an error, and nobody waits for ever", async () => {
  const train = { values: new Float32Array(8), labels: new Float32Array(8) };
  const memory = boostingMemory(boostingDefaults, 1, train, undefined);
  const crew = await threadCrew(2)(memory);
  // There is no such block.
  const failing = (): void => crew.perform("bin", 1000);
  expect(failing).toThrow();
  await crew.dismiss();
});
