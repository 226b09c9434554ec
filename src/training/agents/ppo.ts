/** @file PPO as an experiment sets it up. */
import { z } from "zod";
import { createPpo, ppoDefaults } from "#agents/ppo.ts";
import { agentKind } from "../agent-kind.ts";
import { count, positive } from "./numbers.ts";
import { checkCoefficients, coefficient, onPolicyActor, onPolicyShape } from "./on-policy.ts";

/**
 * Settings of PPO for trading. One pass over each rollout,
 * because the same bars come back hundreds of times: more passes learn their noise. See docs/algorithms/ppo.md.
 */
const schema = z.strictObject({
  ...onPolicyShape,
  rolloutSteps: count.default(64),
  minibatchSize: count.default(1024),
  shuffled: z.enum(["transitions", "bars"]).default(ppoDefaults.shuffled),
  epochs: count.default(1),
  clip: positive.default(ppoDefaults.clip),
  finalClip: positive.optional(),
  valueClip: positive.optional(),
  finalEntropyCoefficient: coefficient.optional(),
  targetKl: positive.optional(),
  adaptiveKl: z.strictObject({ target: positive, coefficient: positive.default(1) }).optional(),
});

export const ppo = agentKind(schema, {
  acts: ["choices", "reals"],
  sharesBody: true,
  issue: ({ rolloutSteps, minibatchSize }, { lanes }) => {
    const transitions = lanes * rolloutSteps;
    if (transitions % minibatchSize === 0) return undefined;
    return `minibatchSize: ${minibatchSize} does not divide lanes × ppo.rolloutSteps = ${transitions}`;
  },
  actor: onPolicyActor,
  create: (env, own, { transitions, network, threads, device, seed }) => {
    const { entropyCoefficient, finalEntropyCoefficient } = own;
    checkCoefficients("ppo", env, { entropyCoefficient, finalEntropyCoefficient });
    return createPpo(env, { ...own, totalTransitions: transitions, network, threads, device }, seed);
  },
});
