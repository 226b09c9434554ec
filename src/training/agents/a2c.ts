/** @file A2C as an experiment sets it up. */
import { z } from "zod";
import { a2cDefaults, createA2c } from "#agents/a2c.ts";
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

/** Settings of A2C for trading: discount, scale of rewards and step size as for PPO. See docs/algorithms/a2c.md. */
const schema = z.strictObject({
  rolloutSteps: count.default(16),
  learningRate: positive.default(1e-3),
  finalLearningRate: notNegative.default(0),
  schedule: z.enum(scheduleShapes).default("linear"),
  gamma: fraction.default(0.9),
  gaeLambda: fraction.default(0.9),
  entropyCoefficient: coefficient.default(0),
  valueCoefficient: notNegative.default(a2cDefaults.valueCoefficient),
  maxGradientNorm: positive.default(a2cDefaults.maxGradientNorm),
  rewardScale: rewardScale.default(100),
  gaussian: gaussianSchema,
});

export const a2c = agentKind(schema, {
  acts: ["choices", "reals"],
  sharesBody: true,
  create: (env, own, { transitions, network, threads, device, seed }) => {
    checkCoefficients("a2c", env, { entropyCoefficient: own.entropyCoefficient });
    return createA2c(env, { ...own, totalTransitions: transitions, network, threads, device }, seed);
  },
});
