import { describe, expect, test } from "vitest";
import type { VectorEnv } from "#env/env.ts";
import { corridor } from "#env/toys/corridor.ts";
import { vectorEnv } from "#env/vector.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
import { learnerContract } from "./learner.contract.ts";
import { aimWorld, lastReturn, learned } from "./learner.fixture.ts";
import type { PpoConfig } from "./ppo.ts";
import { createPpo, ppoDefaults } from "./ppo.ts";

/** Small and quick; what a test is about is named in it. */
const quick: PpoConfig = {
  ...ppoDefaults,
  rolloutSteps: 16,
  minibatchSize: 64,
  learningRate: 3e-3,
  totalTransitions: 1e9,
  network: { body: "mlp", hidden: [16], activation: "tanh" },
};

const learn = (
  env: VectorEnv,
  config: Partial<PpoConfig>,
  seed: number,
  transitions: number,
): Promise<IterationMetrics[]> =>
  learned(createPpo(env, { ...quick, ...config, totalTransitions: transitions }, seed), transitions);

learnerContract("PPO", {
  acts: ["choices", "reals"],
  create: (env, settings, seed) => createPpo(env, { ...quick, entropyCoefficient: 0.003, ...settings }, seed),
  enough: 12_000,
  breakDown: (env) => createPpo(env, { ...quick, learningRate: 1e30 }, 1),
  saysHowSure: true,
});

describe("an update", () => {
  test("stops early once the policy has moved too far, and goes through to the end otherwise", async () => {
    const config = { epochs: 10, minibatchSize: 32, learningRate: 0.01 };
    const updates = async (targetKl?: number): Promise<IterationMetrics> =>
      (
        await learn(vectorEnv(corridor(), 8), { ...config, ...(targetKl === undefined ? {} : { targetKl }) }, 1, 128)
      )[0];
    const all = await updates();
    expect(all["updates"]).toBe(10 * 4);
    expect((await updates(1e9))["updates"]).toBe(10 * 4);
    const stopped = await updates(0.01);
    expect(stopped["updates"]).toBeGreaterThan(1);
    expect(stopped["updates"]).toBeLessThan(30);
    expect(stopped["approximateKl"]).toBeLessThan(all["approximateKl"]);
    expect((await updates(1e-9))["updates"], "the first does not know that it moves; the second sees it").toBe(2);
  });

  test("is refused where minibatches do not divide the rollout, or parts of an action lack an entropy coefficient", async () => {
    const refused = (config: Partial<PpoConfig>): Promise<unknown> =>
      createPpo(vectorEnv(corridor(), 8), { ...quick, ...config }, 1);
    await expect(refused({ minibatchSize: 100 })).rejects.toThrow("minibatches divide");
    await expect(refused({ entropyCoefficient: [0.1, 0.2] })).rejects.toThrow("one entropy coefficient");
  });
});

describe("what changes while it trains", () => {
  const over = (config: Partial<PpoConfig>): Promise<IterationMetrics[]> =>
    learn(vectorEnv(corridor(), 8), { rolloutSteps: 32, epochs: 2, ...config }, 1, 4 * 256);

  test("goes from first to last along its schedule, and what has no last stays", async () => {
    const metrics = await over({
      learningRate: 1e-3,
      finalLearningRate: 1e-4,
      clip: 0.3,
      finalClip: 0.1,
      entropyCoefficient: 0.04,
      finalEntropyCoefficient: [0],
    });
    const line = (first: number, last: number): number[] => [0, 1, 2, 3].map((at) => first + (at / 4) * (last - first));
    const shown = (name: string): number[] => metrics.map((each) => each[name]);
    line(1e-3, 1e-4).forEach((value, at) => expect(shown("learningRate")[at]).toBeCloseTo(value, 9));
    line(0.3, 0.1).forEach((value, at) => expect(shown("clip")[at]).toBeCloseTo(value, 9));
    line(0.04, 0).forEach((value, at) => expect(shown("entropyCoefficient")[at]).toBeCloseTo(value, 8));
    const cosine = await over({ finalLearningRate: 0, schedule: "cosine" });
    expect(cosine[1]["learningRate"]).toBeCloseTo(3e-3 * ((1 + Math.SQRT1_2) / 2), 9);
    expect(cosine[0]).not.toHaveProperty("clip");
  });

  test("learns the same with a changing setting that does not change", async () => {
    const config = { entropyCoefficient: 0.02 };
    const fixed = await over(config);
    const changing = await over({ ...config, finalClip: quick.clip, finalEntropyCoefficient: 0.02 });
    for (const name of ["policyLoss", "valueLoss", "entropy", "gradientNorm"]) {
      expect(changing[3][name]).toBeCloseTo(fixed[3][name], 4);
    }
  });

  test("holds the policy back until it moves about as far as it should", async () => {
    const config = { epochs: 10, minibatchSize: 32, learningRate: 0.01, finalLearningRate: 0.01, clip: 10 };
    const free = await learn(vectorEnv(corridor(), 8), config, 1, 30 * 128);
    const held = await learn(
      vectorEnv(corridor(), 8),
      { ...config, adaptiveKl: { target: 0.01, coefficient: 1 } },
      1,
      30 * 128,
    );
    const largest = (metrics: readonly IterationMetrics[]): number =>
      Math.max(...metrics.slice(5).map(({ approximateKl }) => approximateKl));
    expect(largest(held)).toBeLessThan(0.5 * largest(free));
    held.slice(1).forEach(({ klCoefficient }, at) => {
      const { klCoefficient: before, approximateKl } = held[at];
      const factor = approximateKl > 0.015 ? 2 : approximateKl < 0.01 / 1.5 ? 0.5 : 1;
      expect(klCoefficient).toBe(before * factor);
    });
  });

  test("is in the snapshot: the penalty's coefficient and the scale of rewards", async () => {
    const config: PpoConfig = { ...quick, rewardScale: "running", adaptiveKl: { target: 1e-4, coefficient: 1 } };
    const make = (seed: number): Promise<Learner> => createPpo(vectorEnv(corridor(), 8), config, seed);
    const [one, other] = [await make(1), await make(2)];
    for (let n = 0; n < 3; n++) await one.iterate();
    other.restore(structuredClone(one.snapshot()));
    for (let n = 0; n < 2; n++) expect(await other.iterate()).toEqual(await one.iterate());
    expect(other.snapshot()).toEqual(one.snapshot());
    for (const learner of [one, other]) await learner.dispose();
  });
});

test("says how unsure each of several heads is, and the sum", async () => {
  const env: VectorEnv = {
    ...vectorEnv(corridor(), 8),
    actionSpace: { kind: "discrete", sizes: [2, 3] },
    step: (actions, into) =>
      vectorEnv(corridor(), 8).step(
        actions.filter((_, at) => at % 2 === 0),
        into,
      ),
  };
  const [metrics] = await learn(env, { learningRate: 1e-6 }, 1, 128);
  expect(metrics["entropy.0"]).toBeCloseTo(Math.log(2), 2);
  expect(metrics["entropy.1"]).toBeCloseTo(Math.log(3), 2);
  expect(metrics["entropy"]).toBeCloseTo(metrics["entropy.0"] + metrics["entropy.1"], 9);
});

describe("in a box", () => {
  test.each([
    { name: "clipped, one deviation for all", gaussian: {} },
    { name: "clipped, a deviation of what is seen", gaussian: { deviation: "seen" } },
    { name: "squashed", gaussian: { squashed: true } },
  ] as const)("aims where it pays ($name), and never leaves the box", async ({ gaussian }) => {
    const taken: number[] = [];
    const env = vectorEnv(
      { ...aimWorld, step: (state, action, rng) => (taken.push(action[0]), aimWorld.step(state, action, rng)) },
      16,
    );
    const metrics = await learn(env, { gamma: 0, gaussian }, 1, 20_000);
    expect(Math.min(...taken)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...taken)).toBeLessThanOrEqual(1);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(-0.5);
    expect(lastReturn(metrics)).toBeGreaterThan(-0.1);
  });
});
