/** @file Settings that learners on the policy share, as schemas. */
import { z } from "zod";
import { scheduleShapes } from "#agents/schedule.ts";
import { Failure } from "#base/failure.ts";
import type { VectorEnv } from "#env/env.ts";
import { actionWidth } from "#env/space.ts";
import type { Actor } from "#policy/actor.ts";
import { actionHead } from "#policy/action-head.ts";
import type { GaussianConfig } from "#policy/action-heads/gaussian.ts";
import { actorCritic } from "#policy/network.ts";
import type { ActorShape } from "../agent-kind.ts";
import { fraction, notNegative, positive } from "./numbers.ts";

/** One number for all parts of an action, or one for each. */
export const coefficient = z.union([notNegative, z.array(notNegative).min(1)]);

const rewardScale = z.union([positive, z.literal("running")]);

/**
 * @param agent the algorithm's name, under which its settings stand
 * @throws Failure config/invalid where there is a list of entropy coefficients that the env's actions do not have as many parts of
 */
export function checkCoefficients(
  agent: string,
  { actionSpace }: VectorEnv,
  settings: Readonly<Record<string, number | readonly number[] | undefined>>,
): void {
  const parts = actionWidth(actionSpace);
  for (const [name, given] of Object.entries(settings)) {
    if (given === undefined || typeof given === "number" || given.length === parts) continue;
    const found = `${agent}.${name}: ${given.length} numbers, but an action has ${parts} parts; one number is for all`;
    throw new Failure("config/invalid", found);
  }
}

/** How real-valued actions are drawn; see docs/algorithms/ppo.md. */
const gaussianSchema = z
  .strictObject({
    squashed: z.boolean().optional(),
    deviation: z.enum(["free", "seen"]).optional(),
    logDeviation: z.number().min(-10).max(2).optional(),
  })
  .optional();

/** Rewards are log returns of about 1 % a bar, hence the scale. */
export const onPolicyShape = {
  learningRate: positive.default(1e-3),
  finalLearningRate: notNegative.default(0),
  schedule: z.enum(scheduleShapes).default("linear"),
  gamma: fraction.default(0.9),
  gaeLambda: fraction.default(0.9),
  entropyCoefficient: coefficient.default(0),
  valueCoefficient: notNegative.default(0.5),
  maxGradientNorm: positive.default(0.5),
  rewardScale: rewardScale.default(100),
  gaussian: gaussianSchema,
};

/** The actor of an actor-critic. */
export function onPolicyActor(
  { seen, space, network }: ActorShape,
  { gaussian }: { readonly gaussian?: GaussianConfig | undefined },
): Actor {
  return actorCritic(seen, actionHead(space, gaussian), network).actor;
}
