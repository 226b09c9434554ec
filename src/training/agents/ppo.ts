/** @file PPO as an experiment sets it up. */
import { z } from "zod";
import { createPpo, ppoDefaults } from "#agents/ppo.ts";
import { agentKind } from "../agent-kind.ts";

const fraction = z.number().min(0).max(1);
const positive = z.number().positive();
const count = z.int().positive();

/**
 * Settings of PPO for trading: rewards are log returns of about 1 % a bar, hence the scale. One pass over each rollout,
 * because the same bars come back hundreds of times: more passes learn their noise. See docs/algorithms/ppo.md.
 */
const schema = z.strictObject({
  rolloutSteps: count.default(64),
  minibatchSize: count.default(1024),
  epochs: count.default(1),
  learningRate: positive.default(1e-3),
  finalLearningRate: z.number().min(0).default(0),
  gamma: fraction.default(0.9),
  gaeLambda: fraction.default(0.9),
  clip: positive.default(ppoDefaults.clip),
  entropyCoefficient: z.number().min(0).default(0),
  valueCoefficient: z.number().min(0).default(ppoDefaults.valueCoefficient),
  maxGradientNorm: positive.default(ppoDefaults.maxGradientNorm),
  targetKl: positive.optional(),
  rewardScale: positive.default(100),
});

export const ppo = agentKind(schema, {
  acts: "choices",
  issue: ({ rolloutSteps, minibatchSize }, { lanes }) => {
    const transitions = lanes * rolloutSteps;
    if (transitions % minibatchSize === 0) return undefined;
    return `minibatchSize: ${minibatchSize} does not divide lanes × ppo.rolloutSteps = ${transitions}`;
  },
  create: (env, { targetKl, ...own }, { transitions, network, threads, seed }) =>
    createPpo(
      env,
      { ...own, ...(targetKl === undefined ? {} : { targetKl }), totalTransitions: transitions, network, threads },
      seed,
    ),
});
