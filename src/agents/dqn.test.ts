import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { VectorEnv, World } from "#env/env.ts";
import { bandit } from "#env/toys/bandit.ts";
import { cartpole } from "#env/toys/cartpole.ts";
import { corridor, corridorOptimum } from "#env/toys/corridor.ts";
import { vectorEnv } from "#env/vector.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
import type { DqnConfig } from "./dqn.ts";
import { createDqn, dqnDefaults } from "./dqn.ts";

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

describe("of several heads and of masks it learns", () => {
  test("the best arm of each of three heads at once, however many arms each has", async () => {
    const best = [2, 0, 3];
    const world: World<{ pulls: number }> = {
      name: "three arms",
      observationSpace: { kind: "vector", size: 1 },
      actionSpace: { kind: "discrete", sizes: [3, 2, 4] },
      initial: () => ({ pulls: 0 }),
      step: ({ pulls }, action) => ({
        state: { pulls: pulls + 1 },
        reward: best.filter((arm, head) => action[head] === arm).length,
        terminated: true,
      }),
      observe: (_, into, at) => void (into[at] = 1),
    };
    const metrics = await learn(vectorEnv(world, 16), { gamma: 0, finalEpsilon: 0 }, 1, 8000);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(1.5);
    expect(lastReturn(metrics)).toBeGreaterThan(2.9);
  });

  test("the best legal action, and never takes an illegal one", async () => {
    const taken = new Set<string>();
    const metrics = await learn(
      maskedEnv(16, (state, action) => taken.add(`${state}${action}`)),
      { gamma: 0, finalEpsilon: 0 },
      1,
      6000,
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
  const wide: Partial<DqnConfig> = {
    nSteps: 3,
    priorityExponent: 0.6,
    capacity: 300,
    network: { body: "mlp", hidden: [32, 32], activation: "relu" },
  };
  const create = (seed: number, config: Partial<DqnConfig> = {}): Promise<Learner> =>
    createDqn(vectorEnv(cartpole(), 8), { ...quick, ...wide, ...config }, seed);

  /** The parameters after so many iterations, and everything else that decides its future. */
  async function after(iterations: number, seed: number, config: Partial<DqnConfig> = {}) {
    const learner = await create(seed, config);
    for (let n = 0; n < iterations; n++) await learner.iterate();
    const { transitions } = learner;
    const result = { transitions, parameters: learner.parameters(), snapshot: learner.snapshot() };
    await learner.dispose();
    return result;
  }

  test("to the bit", async () => {
    const first = await after(6, 1);
    expect(first.transitions).toBe(6 * 8 * 8);
    expect(await after(6, 1)).toEqual(first);
    expect((await after(6, 2)).parameters).not.toEqual(first.parameters);
    expect((await after(5, 1)).parameters, "it does learn").not.toEqual(first.parameters);
  });

  test("whatever the number of threads", async () => {
    const settings: Partial<DqnConfig> = {
      minibatchSize: 128,
      network: { body: "mlp", hidden: [128, 128], activation: "relu" },
    };
    const one = await after(6, 1, { ...settings, threads: 1 });
    expect(await after(6, 1, { ...settings, threads: 2 })).toEqual(one);
  });

  test.each([0, 0.6])(
    "goes on from a snapshot with its replay to the same bytes, in itself and in a new learner (α = %f)",
    async (priorityExponent) => {
      const learner = await create(5, { priorityExponent });
      for (let n = 0; n < 6; n++) await learner.iterate();
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
      const other = await create(99, { priorityExponent });
      await other.iterate();
      other.restore(kept);
      expect(other.snapshot()).toEqual(kept);
      expect(await onwards(other)).toEqual(future);
      await learner.dispose();
      await other.dispose();
    },
  );

  test("with dice of its own for parameters, actions and env", async () => {
    const seeds: number[] = [];
    const env = vectorEnv(corridor(), 8);
    const watched: VectorEnv = {
      ...env,
      reset: (seed, into) => {
        seeds.push(seed);
        env.reset(seed, into);
      },
    };
    for (const seed of [1, 2]) await (await createDqn(watched, quick, seed)).dispose();
    expect(seeds).toEqual([1, 2].map((seed) => createRng(seed, "env").integer(2 ** 31)));
  });
});

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

  test("reports finite numbers only, of raw rewards", async () => {
    const config = { rewardScale: 1000, gamma: 0.95, priorityExponent: 0.5 };
    const metrics = await learn(vectorEnv(corridor(), 16), config, 1, 5000);
    for (const iteration of metrics) {
      for (const [name, value] of Object.entries(iteration)) expect(Number.isFinite(value), name).toBe(true);
      expect(iteration["episodeReturn"] ?? 0).toBeLessThanOrEqual(1);
    }
    const expected = ["loss", "meanQ", "tdError", "gradientNorm", "learningRate", "importance", "updates", "epsilon"];
    for (const name of expected) expect(metrics.at(-1), name).toHaveProperty(name);
    expect(metrics.some(({ episodeReturn }) => episodeReturn > 0)).toBe(true);
  });

  test("tells a world that asks how sure it is that it does not know", async () => {
    const env = vectorEnv(corridor(), 8);
    const policyEntropy = new Float32Array(8);
    const learner = await createDqn({ ...env, policyEntropy }, quick, 1);
    await learner.iterate();
    await learner.dispose();
    expect(policyEntropy.every(Number.isNaN)).toBe(true);
  });

  test("stops the run at once where a reward is no number, and where values no longer are", async () => {
    const world = corridor();
    const broken: World<{ cell: number }> = {
      ...world,
      step: (state, action, rng) => ({ ...world.step(state, action, rng), reward: NaN }),
    };
    await expect(learn(vectorEnv(broken, 8), {}, 1, 1000)).rejects.toMatchObject({ code: "training/bad-reward" });
    const huge = { learningRate: 1e30, maxGradientNorm: 1e30 };
    await expect(learn(vectorEnv(corridor(), 8), huge, 1, 5000)).rejects.toMatchObject({
      code: "training/not-finite",
    });
  });
});

test("is refused where actions are not discrete, or the replay is too small to begin with", async () => {
  const box: VectorEnv = { ...vectorEnv(corridor(), 8), actionSpace: { kind: "box", low: [0], high: [1] } };
  await expect(createDqn(box, quick, 1)).rejects.toThrow("discrete");
  await expect(createDqn(vectorEnv(corridor(), 8), { ...quick, learningStarts: 4001 }, 1)).rejects.toThrow("room");
});
