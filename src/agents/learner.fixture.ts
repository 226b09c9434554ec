/** @file Small worlds that the contract of a learner is asked in, and what their players report. */
import type { StepBuffers, VectorEnv, World } from "#env/env.ts";
import { vectorEnv } from "#env/vector.ts";
import type { IterationMetrics, Learner } from "./agent.ts";

/** Metrics of each iteration until so many transitions were made; the learner is disposed of. */
export async function learned(making: Promise<Learner>, transitions: number): Promise<IterationMetrics[]> {
  const learner = await making;
  const metrics: IterationMetrics[] = [];
  while (learner.transitions < transitions) metrics.push(await learner.iterate());
  await learner.dispose();
  return metrics;
}

/** Mean return of the episodes of the last ten iterations in which one ended. */
export function lastReturn(metrics: readonly IterationMetrics[]): number {
  const last = metrics.filter(({ episodes }) => episodes > 0).slice(-10);
  const episodes = last.reduce((sum, each) => sum + each["episodes"], 0);
  return last.reduce((sum, each) => sum + each["episodes"] * each["episodeReturn"], 0) / episodes;
}

/** One pull an episode; each part of the action that is the best arm of its own pays 1. */
export function armsWorld(sizes: readonly number[], best: readonly number[]): World<{ pulls: number }> {
  return {
    name: "arms",
    observationSpace: { kind: "vector", size: 1 },
    actionSpace: { kind: "discrete", sizes: [...sizes] },
    initial: () => ({ pulls: 0 }),
    step: ({ pulls }, action) => ({
      state: { pulls: pulls + 1 },
      reward: best.filter((arm, part) => action[part] === arm).length,
      terminated: true,
    }),
    observe: (_, into, at) => void (into[at] = 1),
  };
}

/** Pays for being near 0.6, in a box around 0.5; one step an episode. */
export const aimWorld: World<{ n: number }> = {
  name: "aim",
  observationSpace: { kind: "vector", size: 1 },
  actionSpace: { kind: "box", low: [0], high: [1] },
  initial: () => ({ n: 0 }),
  step: (state, action) => ({ state, reward: -10 * (action[0] - 0.6) ** 2, terminated: true }),
  observe: (_, into, at) => void (into[at] = 1),
};

/** Pay of each action in each of two states; the best of state 0 is forbidden there. */
export const maskedPay = [
  [0, 0.5, 1],
  [0, 1, 0.5],
];
export const legalActions = [
  [1, 1, 0],
  [1, 1, 1],
];

/**
 * Two pulls an episode, in states drawn by dice; the first is not the last, so that what is legal next matters. At best an episode
 * returns 0.75 on average. With `maxSteps` episodes are truncated there and never terminate.
 */
export function maskedEnv(
  lanes: number,
  onAction: (state: number, action: number) => void = () => undefined,
  maxSteps?: number,
): VectorEnv {
  const world: World<{ place: number; pulls: number }> = {
    name: "masked",
    observationSpace: { kind: "vector", size: 2 },
    actionSpace: { kind: "discrete", sizes: [3] },
    ...(maxSteps === undefined ? {} : { maxSteps }),
    initial: (rng) => ({ place: rng.integer(2), pulls: 0 }),
    step: ({ place, pulls }, action, rng) => {
      onAction(place, action[0]);
      const terminated = maxSteps === undefined && pulls === 1;
      return {
        state: { place: rng.integer(2), pulls: pulls + 1 },
        reward: maskedPay[place][action[0]] / 2,
        terminated,
      };
    },
    observe: ({ place }, into, at) => {
      into[at] = place;
      into[at + 1] = 1 - place;
    },
  };
  return masking(vectorEnv(world, lanes), ({ observations, finalObservations, legal, finalLegal }) => {
    for (let lane = 0; lane < lanes; lane++) {
      legal.set(legalActions[observations[2 * lane]], 3 * lane);
      finalLegal.set(legalActions[finalObservations[2 * lane]], 3 * lane);
    }
  });
}

/** The same env, with masks that are written after each reset and step. */
export function masking(env: VectorEnv, mask: (into: StepBuffers) => void): VectorEnv {
  return {
    ...env,
    masked: true,
    reset: (seed, into) => {
      env.reset(seed, into);
      mask(into);
    },
    step: (actions, into) => {
      env.step(actions, into);
      mask(into);
    },
  };
}

/** The same env, which pays something else. */
export function paying(env: VectorEnv, reward: number): VectorEnv {
  return {
    ...env,
    step: (actions, into) => {
      env.step(actions, into);
      into.rewards.fill(reward);
    },
  };
}
