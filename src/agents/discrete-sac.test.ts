import { describe, expect, test } from "vitest";
import type { StepBuffers, VectorEnv, World } from "#env/env.ts";
import { bandit } from "#env/toys/bandit.ts";
import { cartpole } from "#env/toys/cartpole.ts";
import { corridor, corridorOptimum } from "#env/toys/corridor.ts";
import { pendulum } from "#env/toys/pendulum.ts";
import { vectorEnv } from "#env/vector.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
import type { DiscreteSacConfig } from "./discrete-sac.ts";
import { createDiscreteSac, discreteSacDefaults } from "./discrete-sac.ts";

/** Small and quick; what a test is about is named in it. */
const quick: DiscreteSacConfig = {
  ...discreteSacDefaults,
  rolloutSteps: 8,
  updatesPerTransition: 1 / 8,
  learningStarts: 256,
  minibatchSize: 64,
  capacity: 20_000,
  learningRate: 3e-3,
  finalLearningRate: 3e-3,
  initialTemperature: 0.1,
  targetEntropyShare: 0.1,
  targetRate: 0.02,
  network: { body: "mlp", hidden: [16], activation: "relu" },
};

async function learn(
  env: VectorEnv,
  config: Partial<DiscreteSacConfig>,
  seed: number,
  transitions: number,
): Promise<IterationMetrics[]> {
  const learner = await createDiscreteSac(env, { ...quick, ...config }, seed);
  const metrics: IterationMetrics[] = [];
  while (learner.transitions < transitions) metrics.push(await learner.iterate());
  await learner.dispose();
  return metrics;
}

/** Mean return of the last ten iterations in which episodes ended. */
const lastReturn = (metrics: readonly IterationMetrics[]): number =>
  metrics
    .filter(({ episodes }) => episodes > 0)
    .slice(-10)
    .reduce((sum, { episodeReturn }) => sum + episodeReturn / 10, 0);

describe("learns", () => {
  test.each([1, 2])("the best arm of ten (seed %i)", async (seed) => {
    const metrics = await learn(vectorEnv(bandit(), 16), { gamma: 0 }, seed, 10_000);
    expect(metrics[0]["episodeReturn"], "a tenth of the arms pays 1").toBeLessThan(0.4);
    expect(
      lastReturn(metrics),
      "of 1,280 pulls with standard error 0.03, some of them drawn to stay unsure",
    ).toBeGreaterThan(0.8);
  });

  test("to walk the corridor to its end, through terminations and truncations", async () => {
    const world = corridor({ maxSteps: 30 });
    const metrics = await learn(vectorEnv(world, 16), { gamma: 0.95, targetEntropyShare: 0.05 }, 1, 15_000);
    expect(lastReturn(metrics)).toBeGreaterThan(corridorOptimum() - 0.05);
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
    const metrics = await learn(vectorEnv(world, 16), { gamma: 0 }, 1, 8000);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(1);
    expect(lastReturn(metrics)).toBeGreaterThan(1.85);
  });

  test("the best legal action, and never takes an illegal one", async () => {
    const taken = new Set<string>();
    const env = maskedEnv(16, (state, action) => taken.add(`${state}${action}`));
    const metrics = await learn(env, { gamma: 0 }, 1, 8000);
    expect(
      [...taken].sort((one, two) => one.localeCompare(two)),
      "every legal action was tried, and no other",
    ).toEqual(["00", "01", "10", "11", "12"]);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(0.6);
    expect(lastReturn(metrics), "0.75 is the best; 1 would need the forbidden action of state 0").toBeGreaterThan(0.7);
  });

  test("to be as unsure as it is told to, whatever the rewards' scale", async () => {
    for (const rewardScale of [0.2, 5]) {
      const config = { gamma: 0, rewardScale, targetEntropyShare: 0.5, initialTemperature: rewardScale };
      const last = (await learn(vectorEnv(bandit({ noise: 0.1 }), 16), config, 1, 16_000)).at(-1)!;
      expect(Math.abs(last["entropy"] - 0.5 * Math.log(10))).toBeLessThan(0.35);
    }
  });
});

/** Pay of each action in each of two states; the best of state 0 is forbidden there. */
const pay = [
  [0, 0.5, 1],
  [0, 1, 0.5],
];
const legalActions = [
  [1, 1, 0],
  [1, 1, 1],
];

/** Two pulls an episode, in states drawn by dice; the first is not the last, so that what is legal next matters. */
function maskedEnv(lanes: number, onAction: (state: number, action: number) => void, maxSteps?: number): VectorEnv {
  const world: World<{ place: number; pulls: number }> = {
    name: "masked",
    observationSpace: { kind: "vector", size: 2 },
    actionSpace: { kind: "discrete", sizes: [3] },
    ...(maxSteps === undefined ? {} : { maxSteps }),
    initial: (rng) => ({ place: rng.integer(2), pulls: 0 }),
    step: ({ place, pulls }, action, rng) => {
      onAction(place, action[0]);
      const terminated = maxSteps === undefined && pulls === 1;
      return { state: { place: rng.integer(2), pulls: pulls + 1 }, reward: pay[place][action[0]] / 2, terminated };
    },
    observe: ({ place }, into, at) => {
      into[at] = place;
      into[at + 1] = 1 - place;
    },
  };
  const inner = vectorEnv(world, lanes);
  const mask = ({ observations, finalObservations, legal, finalLegal }: StepBuffers): void => {
    for (let lane = 0; lane < lanes; lane++) {
      legal.set(legalActions[observations[2 * lane]], 3 * lane);
      finalLegal.set(legalActions[finalObservations[2 * lane]], 3 * lane);
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

test("remembers with each state what was legal in it and after it, at the end of an episode too", async () => {
  const learner = await createDiscreteSac(
    maskedEnv(4, () => undefined, 3),
    { ...quick, rolloutSteps: 90, updatesPerTransition: 1 / 4000 },
    1,
  );
  await learner.iterate();
  const rows = learner.snapshot()["replay.rows"];
  await learner.dispose();
  const width = 2 + 3 + 2 + 2 + 3 + 3;
  expect(rows.length / width, "every third is truncated").toBe(4 * 90);
  for (let at = 0; at < rows.length; at += width) {
    expect([...rows.subarray(at + 9, at + 12)]).toEqual(legalActions[rows[at]]);
    expect([...rows.subarray(at + 12, at + 15)]).toEqual(legalActions[rows[at + 7]]);
    const chosen = [...rows.subarray(at + 2, at + 5)].indexOf(1);
    expect(legalActions[rows[at]][chosen]).toBe(1);
    expect(rows[at + 5]).toBe(pay[rows[at]][chosen] / 2);
  }
});

describe("is decided by its seed", () => {
  const create = (seed: number, config: Partial<DiscreteSacConfig> = {}): Promise<Learner> =>
    createDiscreteSac(vectorEnv(cartpole(), 8), { ...quick, ...config }, seed);

  async function after(iterations: number, seed: number, config: Partial<DiscreteSacConfig> = {}) {
    const learner = await create(seed, config);
    for (let n = 0; n < iterations; n++) await learner.iterate();
    const result = { parameters: learner.parameters(), snapshot: learner.snapshot() };
    await learner.dispose();
    return result;
  }

  test("to the bit, whatever the number of threads", async () => {
    const first = await after(7, 1);
    expect(await after(7, 1, { threads: 2 })).toEqual(first);
    expect((await after(7, 2)).parameters).not.toEqual(first.parameters);
    expect((await after(6, 1)).parameters, "it does learn").not.toEqual(first.parameters);
  });

  test("goes on from a snapshot to the same bytes in a new learner", async () => {
    const learner = await create(5);
    for (let n = 0; n < 6; n++) await learner.iterate();
    const other = await create(99);
    other.restore(structuredClone(learner.snapshot()));
    const onwards = async (from: Learner): Promise<unknown[]> => [
      await from.iterate(),
      await from.iterate(),
      from.snapshot(),
    ];
    expect(await onwards(other)).toEqual(await onwards(learner));
    await learner.dispose();
    await other.dispose();
  });
});

test("refuses real actions, and to go on once a loss is no longer finite", async () => {
  await expect(createDiscreteSac(vectorEnv(pendulum(), 2), quick, 1)).rejects.toThrow("real actions are for SAC");
  const world = bandit();
  const broken: World<{ pulls: number }> = {
    ...world,
    step: (state, action, rng) => ({ ...world.step(state, action, rng), reward: 1e30 }),
  };
  await expect(learn(vectorEnv(broken, 16), {}, 1, 5000)).rejects.toThrow(/criticLoss is Infinity/);
});

test("tells a world that asks how sure it is, before each step: 1 at first, where all actions are alike", async () => {
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
  await learn(asking, {}, 1, 1024);
  expect(told.length).toBe(1024);
  for (const unsure of told.slice(0, 256)) expect(unsure).toBeCloseTo(1, 5);
  for (const unsure of told) expect(unsure > 0 && unsure <= 1 + 1e-6, String(unsure)).toBe(true);
});
