/** @file PPO as an experiment sets it up. */
import { z } from "zod";
import { createPpo, ppoDefaults } from "#agents/ppo.ts";
import { scheduleShapes } from "#agents/schedule.ts";
import { agentKind } from "../agent-kind.ts";
import {
  checkCoefficients,
  coefficient,
  count,
  fraction,
  gaussianSchema,
  notNegative,
  positive,
  rewardScale,
} from "./on-policy.ts";

/**
 * Settings of PPO for trading: rewards are log returns of about 1 % a bar, hence the scale. One pass over each rollout,
 * because the same bars come back hundreds of times: more passes learn their noise. See docs/algorithms/ppo.md.
 */
const schema = z.strictObject({
  rolloutSteps: count.default(64),
  minibatchSize: count.default(1024),
  shuffled: z.enum(["transitions", "bars"]).default(ppoDefaults.shuffled),
  epochs: count.default(1),
  learningRate: positive.default(1e-3),
  finalLearningRate: notNegative.default(0),
  schedule: z.enum(scheduleShapes).default("linear"),
  gamma: fraction.default(0.9),
  gaeLambda: fraction.default(0.9),
  clip: positive.default(ppoDefaults.clip),
  finalClip: positive.optional(),
  valueClip: positive.optional(),
  entropyCoefficient: coefficient.default(0),
  finalEntropyCoefficient: coefficient.optional(),
  valueCoefficient: notNegative.default(ppoDefaults.valueCoefficient),
  maxGradientNorm: positive.default(ppoDefaults.maxGradientNorm),
  targetKl: positive.optional(),
  adaptiveKl: z.strictObject({ target: positive, coefficient: positive.default(1) }).optional(),
  rewardScale: rewardScale.default(100),
  gaussian: gaussianSchema,
});

export const ppo = agentKind(schema, {
  acts: ["choices", "reals"],
  sharesBody: true,
  issue: ({ rolloutSteps, minibatchSize }, { lanes }) => {
    const transitions = lanes * rolloutSteps;
    if (transitions % minibatchSize === 0) return undefined;
    return `minibatchSize: ${minibatchSize} does not divide lanes × ppo.rolloutSteps = ${transitions}`;
  },
  create: (env, own, { transitions, network, threads, device, seed }) => {
    const { entropyCoefficient, finalEntropyCoefficient } = own;
    checkCoefficients("ppo", env, { entropyCoefficient, finalEntropyCoefficient });
    return createPpo(env, { ...own, totalTransitions: transitions, network, threads, device }, seed);
  },
});
