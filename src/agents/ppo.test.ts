import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { VectorEnv, World } from "#env/env.ts";
import { bandit } from "#env/toys/bandit.ts";
import { corridor, corridorOptimum } from "#env/toys/corridor.ts";
import { cartpole } from "#env/toys/cartpole.ts";
import { vectorEnv } from "#env/vector.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
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

/** Metrics of each iteration until so many transitions were made; the learner is disposed of. */
async function learn(
  env: VectorEnv,
  config: Partial<PpoConfig>,
  seed: number,
  transitions: number,
): Promise<IterationMetrics[]> {
  const learner = await createPpo(env, { ...quick, ...config, totalTransitions: transitions }, seed);
  const metrics: IterationMetrics[] = [];
  while (learner.transitions < transitions) metrics.push(await learner.iterate());
  await learner.dispose();
  return metrics;
}

/** Mean return of the last ten iterations. */
const lastReturn = (metrics: readonly IterationMetrics[]): number =>
  metrics.slice(-10).reduce((sum, { episodeReturn }) => sum + episodeReturn / 10, 0);

describe("learns", () => {
  test.each([1, 2, 3])("the best arm of ten (seed %i)", async (seed) => {
    const env = vectorEnv(bandit(), 16);
    const metrics = await learn(env, { gamma: 0, entropyCoefficient: 0.003 }, seed, 12_000);
    expect(metrics[0]["episodeReturn"], "a tenth of the arms pays 1").toBeLessThan(0.4);
    expect(lastReturn(metrics), "the mean of 2,560 pulls with standard error 0.02, at best 1").toBeGreaterThan(0.9);
  });

  test.each([1, 2, 3])("to walk the corridor to its end (seed %i)", async (seed) => {
    const metrics = await learn(vectorEnv(corridor(), 16), { gamma: 0.95 }, seed, 12_000);
    const last = metrics.slice(-5).map(({ episodeReturn }) => episodeReturn);
    for (const found of last) expect(found).toBeGreaterThan(corridorOptimum() - 0.03);
  });

  test("the best arm of each of two heads at once", async () => {
    const world: World<{ pulls: number }> = {
      name: "two arms",
      observationSpace: { kind: "vector", size: 1 },
      actionSpace: { kind: "discrete", sizes: [3, 4] },
      initial: () => ({ pulls: 0 }),
      step: ({ pulls }, action) => ({
        state: { pulls: pulls + 1 },
        reward: (action[0] === 2 ? 1 : 0) + (action[1] === 1 ? 1 : 0),
        terminated: true,
      }),
      observe: (_, into, at) => void (into[at] = 1),
    };
    const metrics = await learn(vectorEnv(world, 16), { gamma: 0 }, 1, 10_000);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(1);
    expect(lastReturn(metrics)).toBeGreaterThan(1.9);
  });

  test("the best legal action, and never takes an illegal one", async () => {
    const taken = new Set<string>();
    const metrics = await learn(
      maskedEnv(16, (state, action) => taken.add(`${state}${action}`)),
      { gamma: 0 },
      1,
      10_000,
    );
    const legal = legalActions.flatMap((actions, state) =>
      actions.flatMap((yes, action) => (yes ? [`${state}${action}`] : [])),
    );
    expect(
      [...taken].sort((one, two) => one.localeCompare(two)),
      "every legal action was tried, and no other",
    ).toEqual(legal);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(0.6);
    expect(lastReturn(metrics), "0.75 is the best; 1 would need the forbidden action of state 0").toBeGreaterThan(0.72);
  });
});

/** Pay of each action in each of two states; the best of state 0 is forbidden there. */
const pay = [
  [0, 0.5, 1],
  [0, 1, 0.5],
];
const legalActions = [
  [true, true, false],
  [true, true, true],
];

/** One pull an episode, in a state drawn by dice. The best that can be had is 0.5 in state 0 and 1 in state 1. */
function maskedEnv(lanes: number, onAction: (state: number, action: number) => void): VectorEnv {
  const world: World<{ place: number }> = {
    name: "masked",
    observationSpace: { kind: "vector", size: 2 },
    actionSpace: { kind: "discrete", sizes: [3] },
    initial: (rng) => ({ place: rng.integer(2) }),
    step: (state, action) => {
      onAction(state.place, action[0]);
      return { state, reward: pay[state.place][action[0]], terminated: true };
    },
    observe: ({ place }, into, at) => {
      into[at] = place;
      into[at + 1] = 1 - place;
    },
  };
  const inner = vectorEnv(world, lanes);
  const mask = ({ observations, legal }: Parameters<VectorEnv["step"]>[1]): void => {
    for (let lane = 0; lane < lanes; lane++) {
      legalActions[observations[2 * lane]].forEach((yes, action) => (legal[3 * lane + action] = yes ? 1 : 0));
    }
  };
  return {
    ...inner,
    masked: true,
    reset: (seed, into) => {
      inner.reset(seed, into);
      mask(into);
    },
    step: (actions, into) => {
      inner.step(actions, into);
      mask(into);
    },
  };
}

describe("is decided by its seed", () => {
  const wide: Partial<PpoConfig> = {
    minibatchSize: 32,
    network: { body: "mlp", hidden: [32, 32], activation: "tanh" },
  };
  const create = (seed: number, config: Partial<PpoConfig> = {}): Promise<Learner> =>
    createPpo(vectorEnv(cartpole(), 8), { ...quick, ...wide, ...config }, seed);

  /** The parameters after so many iterations, and everything else that decides its future. */
  async function after(iterations: number, seed: number, config: Partial<PpoConfig> = {}) {
    const learner = await create(seed, config);
    for (let n = 0; n < iterations; n++) await learner.iterate();
    const { transitions } = learner;
    const result = { transitions, parameters: learner.parameters(), snapshot: learner.snapshot() };
    await learner.dispose();
    return result;
  }

  test("to the bit", async () => {
    const first = await after(4, 1);
    expect(first.transitions).toBe(4 * 8 * 16);
    expect(await after(4, 1)).toEqual(first);
    expect((await after(4, 2)).parameters).not.toEqual(first.parameters);
    expect((await after(3, 1)).parameters, "it does learn").not.toEqual(first.parameters);
  });

  test("whatever the number of threads", async () => {
    const settings: Partial<PpoConfig> = {
      minibatchSize: 128,
      network: { body: "mlp", hidden: [128, 128], activation: "tanh" },
    };
    const one = await after(3, 1, { ...settings, threads: 1 });
    expect(await after(3, 1, { ...settings, threads: 2 })).toEqual(one);
  });

  test("goes on from a snapshot to the same bytes, in itself and in a new learner", async () => {
    const learner = await create(5);
    for (let n = 0; n < 3; n++) await learner.iterate();
    const snapshot = learner.snapshot();
    const kept = structuredClone(snapshot);
    const onwards = async (from: Learner): Promise<unknown[]> => {
      const metrics = [await from.iterate(), await from.iterate()];
      return [metrics, from.transitions, from.snapshot()];
    };
    const future = await onwards(learner);
    expect(snapshot, "a snapshot does not change while the learner goes on").toEqual(kept);
    learner.restore(snapshot);
    expect(await onwards(learner)).toEqual(future);
    const other = await create(99);
    await other.iterate();
    other.restore(kept);
    expect(other.snapshot()).toEqual(kept);
    expect(await onwards(other)).toEqual(future);
    await learner.dispose();
    await other.dispose();
  });
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

  test("reports finite numbers only, of raw rewards", async () => {
    const metrics = await learn(vectorEnv(corridor(), 16), { rewardScale: 1000, gamma: 0.95 }, 1, 5000);
    for (const iteration of metrics) {
      for (const [name, value] of Object.entries(iteration)) expect(Number.isFinite(value), name).toBe(true);
      expect(iteration["episodeReturn"] ?? 0).toBeLessThanOrEqual(1);
    }
    expect(metrics.some(({ episodeReturn }) => episodeReturn > 0)).toBe(true);
  });

  test("is refused where minibatches do not divide the rollout, or parts of an action lack an entropy coefficient", async () => {
    const refused = (config: Partial<PpoConfig>): Promise<unknown> =>
      createPpo(vectorEnv(corridor(), 8), { ...quick, ...config }, 1);
    await expect(refused({ minibatchSize: 100 })).rejects.toThrow("minibatches divide");
    await expect(refused({ entropyCoefficient: [0.1, 0.2] })).rejects.toThrow("one entropy coefficient");
  });

  test("stops the run when numbers are no longer finite", async () => {
    const world = corridor();
    const broken: World<{ cell: number }> = {
      ...world,
      step: (state, action, rng) => ({ ...world.step(state, action, rng), reward: NaN }),
    };
    await expect(learn(vectorEnv(broken, 8), { minibatchSize: 32 }, 1, 1000)).rejects.toThrow("lane 0 was paid NaN");
    const outside = { ...vectorEnv(corridor(), 8), rewardRange: [0, 0.5] as const };
    await expect(learn(outside, { minibatchSize: 32 }, 1, 1000)).rejects.toThrow("its range is 0 to 0.5");
    const wild = learn(vectorEnv(corridor(), 8), { minibatchSize: 32, learningRate: 1e30 }, 1, 4000);
    await expect(wild).rejects.toMatchObject({ code: "training/not-finite" });
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
  /** Pays for being near 0.6, in a box around 0.5; one step an episode. */
  const aim: World<{ n: number }> = {
    name: "aim",
    observationSpace: { kind: "vector", size: 1 },
    actionSpace: { kind: "box", low: [0], high: [1] },
    initial: () => ({ n: 0 }),
    step: (state, action) => ({ state, reward: -10 * (action[0] - 0.6) ** 2, terminated: true }),
    observe: (_, into, at) => void (into[at] = 1),
  };

  test.each([
    { name: "clipped, one deviation for all", gaussian: {} },
    { name: "clipped, a deviation of what is seen", gaussian: { deviation: "seen" } },
    { name: "squashed", gaussian: { squashed: true } },
  ] as const)("aims where it pays ($name), and never leaves the box", async ({ gaussian }) => {
    const taken: number[] = [];
    const env = vectorEnv(
      { ...aim, step: (state, action, rng) => (taken.push(action[0]), aim.step(state, action, rng)) },
      16,
    );
    const metrics = await learn(env, { gamma: 0, gaussian }, 1, 20_000);
    expect(Math.min(...taken)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...taken)).toBeLessThanOrEqual(1);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(-0.5);
    expect(lastReturn(metrics)).toBeGreaterThan(-0.1);
  });
});

test("starts from dice of its own for parameters, actions and env", async () => {
  // The env's stream must not be the learner's: an env that draws more would otherwise change the first actions.
  const seeds: number[] = [];
  const env = vectorEnv(corridor(), 8);
  const watched: VectorEnv = {
    ...env,
    reset: (seed, into) => {
      seeds.push(seed);
      env.reset(seed, into);
    },
  };
  for (const seed of [1, 2, 1]) await (await createPpo(watched, quick, seed)).dispose();
  expect(seeds[0]).toBe(seeds[2]);
  expect(seeds[1]).not.toBe(seeds[0]);
  expect(seeds[0]).toBe(createRng(1, "env").integer(2 ** 31));
});

test("tells a world that asks how sure it is, before each step: 1 at first, where all actions are nearly alike", async () => {
  const env = vectorEnv(corridor(), 8);
  const policyEntropy = new Float32Array(8).fill(NaN);
  const told: number[] = [];
  const asking: VectorEnv = {
    ...env,
    policyEntropy,
    step(actions, into) {
      told.push(...policyEntropy);
      env.step(actions, into);
    },
  };
  const learner = await createPpo(asking, quick, 1);
  await learner.iterate();
  await learner.dispose();
  expect(told.length).toBe(8 * quick.rolloutSteps);
  for (const entropy of told) expect(entropy > 0.9 && entropy <= 1 + 1e-6, String(entropy)).toBe(true);
});
