/** @file DQN as an experiment sets it up. */
import { z } from "zod";
import { createDqn, dqnDefaults } from "#agents/dqn.ts";
import { invariant } from "#base/invariant.ts";
import { qNetwork } from "#policy/network.ts";
import { agentKind } from "../agent-kind.ts";
import { count, fraction, positive } from "./numbers.ts";

/**
 * Settings of DQN for trading: rewards are log returns of about 1 % a bar, hence the scale. Each transition is learned from once
 * on average, in small steps: more of either learns the noise of bars that come back hundreds of times. See
 * docs/algorithms/dqn.md.
 */
const schema = z.strictObject({
  rolloutSteps: count.default(16),
  updates: count.default(4),
  minibatchSize: count.default(256),
  capacity: count.default(32_768),
  learningStarts: count.default(4096),
  learningRate: positive.default(1e-4),
  finalLearningRate: z.number().min(0).default(0),
  gamma: fraction.default(0.9),
  nSteps: count.default(2),
  epsilon: fraction.default(dqnDefaults.epsilon),
  finalEpsilon: fraction.default(dqnDefaults.finalEpsilon),
  explorationFraction: positive.max(1).default(0.5),
  double: z.boolean().default(dqnDefaults.double),
  dueling: z.boolean().default(false),
  priorityExponent: fraction.default(0),
  importanceExponent: fraction.default(dqnDefaults.importanceExponent),
  targetEvery: count.default(1),
  targetRate: positive.max(1).default(0.015),
  huberThreshold: positive.default(dqnDefaults.huberThreshold),
  maxGradientNorm: positive.default(dqnDefaults.maxGradientNorm),
  rewardScale: positive.default(100),
});

export const dqn = agentKind(schema, {
  acts: ["choices"],
  issue: ({ learningStarts, capacity }) =>
    learningStarts <= capacity
      ? undefined
      : `learningStarts: ${learningStarts} is more than dqn.capacity = ${capacity}`,
  actor: ({ seen, space, network }, own) => {
    invariant(space.kind === "discrete", "DQN learns discrete actions", { found: space.kind });
    return qNetwork(seen, space.sizes, network, own).actor;
  },
  create: (env, own, { transitions, network, threads, device, seed }) =>
    createDqn(env, { ...own, totalTransitions: transitions, network, threads, device }, seed),
});
