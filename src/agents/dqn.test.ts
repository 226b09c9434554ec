import { describe, expect, test } from "vitest";
import type { VectorEnv } from "#env/env.ts";
import { bandit } from "#env/toys/bandit.ts";
import { cartpole } from "#env/toys/cartpole.ts";
import { corridor, corridorOptimum } from "#env/toys/corridor.ts";
import { vectorEnv } from "#env/vector.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
import type { DqnConfig } from "./dqn.ts";
import { createDqn, dqnDefaults } from "./dqn.ts";
import { learnerContract } from "./learner.contract.ts";
import { lastReturn, learned } from "./learner.fixture.ts";

/** Small and quick; what a test is about is named in it. */
const quick: DqnConfig = {
  ...dqnDefaults,
  rolloutSteps: 8,
  updates: 6,
  minibatchSize: 32,
  capacity: 4000,
  learningStarts: 200,
  learningRate: 3e-3,
  finalEpsilon: 0.02,
  explorationFraction: 0.5,
  targetRate: 0.05,
  network: { body: "mlp", hidden: [16], activation: "relu" },
};

const learn = (
  env: VectorEnv,
  config: Partial<DqnConfig>,
  seed: number,
  transitions: number,
): Promise<IterationMetrics[]> =>
  learned(createDqn(env, { ...quick, ...config, totalTransitions: transitions }, seed), transitions);

learnerContract("DQN", {
  acts: ["choices"],
  create: (env, settings, seed) => createDqn(env, { ...quick, ...settings }, seed),
  enough: 12_000,
  breakDown: (env) => createDqn(env, { ...quick, learningRate: 1e30, maxGradientNorm: 1e30 }, 1),
  saysHowSure: false,
});

/** With what is quick, every part that can be turned on or off is on in one of them and off in another. */
const variants: Readonly<Record<string, Partial<DqnConfig>>> = {
  "neither, with a hard target": { double: false, dueling: false, targetEvery: 20, targetRate: 1 },
  "prioritised, over three steps": { priorityExponent: 0.6, nSteps: 3 },
};

describe.each(Object.entries(variants))("%s, it learns", (_, variant) => {
  test("the best arm of ten", async () => {
    const metrics = await learn(vectorEnv(bandit(), 16), { ...variant, gamma: 0 }, 1, 8000);
    expect(metrics[0]["episodeReturn"], "a tenth of the arms pays 1").toBeLessThan(0.4);
    expect(lastReturn(metrics), "the mean of 1,280 pulls with standard error 0.03, at best 0.98").toBeGreaterThan(0.85);
  });

  test("to walk the corridor to its end", async () => {
    const config = { ...variant, gamma: 0.95, finalEpsilon: 0 };
    const metrics = await learn(vectorEnv(corridor(), 16), config, 1, 12_000);
    expect(lastReturn(metrics)).toBeGreaterThan(corridorOptimum() - 0.01);
  });
});

test.each([0, 0.6])(
  "goes on from a snapshot with open windows and a full replay (α = %f)",
  async (priorityExponent) => {
    const config = { ...quick, nSteps: 3, capacity: 300, learningStarts: 200, priorityExponent };
    const create = (seed: number): Promise<Learner> => createDqn(vectorEnv(cartpole(), 8), config, seed);
    const [learner, other] = [await create(5), await create(99)];
    for (let n = 0; n < 6; n++) await learner.iterate();
    await other.iterate();
    other.restore(structuredClone(learner.snapshot()));
    for (let n = 0; n < 3; n++) expect(await other.iterate()).toEqual(await learner.iterate());
    expect(other.snapshot()).toEqual(learner.snapshot());
    for (const each of [learner, other]) await each.dispose();
  },
);

describe("an iteration", () => {
  test("only plays until enough is remembered, and explores less and less", async () => {
    const config = { learningStarts: 320, nSteps: 3, epsilon: 0.8, finalEpsilon: 0.1, explorationFraction: 0.5 };
    const metrics = await learn(vectorEnv(corridor(), 8), config, 1, 64 * 20);
    // Of each lane's last steps two windows are still open.
    expect(metrics.map(({ remembered }) => remembered).slice(0, 3)).toEqual([48, 112, 176]);
    expect(metrics.findIndex(({ updates }) => updates > 0)).toBe(5);
    expect(metrics[4]["loss"]).toBeUndefined();
    metrics.forEach(({ epsilon }, n) => {
      expect(epsilon).toBeCloseTo(Math.max(0.1, 0.8 - (0.7 * (n + 1)) / 10), 6);
    });
  });

  test("reports what it learned by name", async () => {
    const metrics = await learn(vectorEnv(corridor(), 16), { gamma: 0.95, priorityExponent: 0.5 }, 1, 1000);
    const expected = ["loss", "meanQ", "tdError", "gradientNorm", "learningRate", "importance", "updates", "epsilon"];
    for (const name of expected) expect(metrics.at(-1), name).toHaveProperty(name);
  });
});

test("is refused where actions are not discrete, or the replay is too small to begin with", async () => {
  const box: VectorEnv = { ...vectorEnv(corridor(), 8), actionSpace: { kind: "box", low: [0], high: [1] } };
  await expect(createDqn(box, quick, 1)).rejects.toThrow("discrete");
  await expect(createDqn(vectorEnv(corridor(), 8), { ...quick, learningStarts: 4001 }, 1)).rejects.toThrow("room");
});
