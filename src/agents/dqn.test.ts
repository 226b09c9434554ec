import { describe, expect, test } from "vitest";
import type { VectorEnv } from "#env/env.ts";
import { bandit } from "#env/toys/bandit.ts";
import { corridor, corridorOptimum } from "#env/toys/corridor.ts";
import { vectorEnv } from "#env/vector.ts";
import type { IterationMetrics } from "./agent.ts";
import type { DqnConfig } from "./dqn.ts";
import { createDqn, dqnDefaults } from "./dqn.ts";

/** Small and quick; what a test is about is named in it. */
const quick: DqnConfig = {
  ...dqnDefaults,
  rolloutSteps: 8,
  updates: 8,
  minibatchSize: 64,
  capacity: 4000,
  learningStarts: 200,
  learningRate: 3e-3,
  finalEpsilon: 0.02,
  explorationFraction: 0.5,
  targetRate: 0.05,
  network: { body: "mlp", hidden: [16], activation: "relu" },
};

/** Metrics of each iteration until so many transitions were made; the learner is disposed of. */
async function learn(
  env: VectorEnv,
  config: Partial<DqnConfig>,
  seed: number,
  transitions: number,
): Promise<IterationMetrics[]> {
  const learner = await createDqn(env, { ...quick, ...config, totalTransitions: transitions }, seed);
  const metrics: IterationMetrics[] = [];
  while (learner.transitions < transitions) metrics.push(await learner.iterate());
  await learner.dispose();
  return metrics;
}

/** Mean return of the episodes of the last ten iterations. */
function lastReturn(metrics: readonly IterationMetrics[]): number {
  const last = metrics.slice(-10).filter(({ episodes }) => episodes > 0);
  const episodes = last.reduce((sum, each) => sum + each["episodes"], 0);
  return last.reduce((sum, each) => sum + each["episodes"] * each["episodeReturn"], 0) / episodes;
}

/** Every part that can be turned on or off is on in one of them and off in another. */
const variants: Readonly<Record<string, Partial<DqnConfig>>> = {
  "double and dueling": {},
  "neither, with a hard target": { double: false, dueling: false, targetEvery: 20, targetRate: 1 },
  "prioritised, over three steps": { priorityExponent: 0.6, nSteps: 3 },
};

describe.each(Object.entries(variants))("%s, it learns", (_, variant) => {
  test.each([1, 2])("the best arm of ten (seed %i)", async (seed) => {
    const metrics = await learn(vectorEnv(bandit(), 16), { ...variant, gamma: 0 }, seed, 8000);
    expect(metrics[0]["episodeReturn"], "a tenth of the arms pays 1").toBeLessThan(0.4);
    expect(lastReturn(metrics), "the mean of 1,280 pulls with standard error 0.03, at best 0.98").toBeGreaterThan(0.85);
  });

  test.each([1, 2])("to walk the corridor to its end (seed %i)", async (seed) => {
    const config = { ...variant, gamma: 0.95, finalEpsilon: 0 };
    const metrics = await learn(vectorEnv(corridor(), 16), config, seed, 16_000);
    expect(lastReturn(metrics)).toBeGreaterThan(corridorOptimum() - 0.01);
  });
});
