/** @file A2C as an experiment sets it up. */
import { z } from "zod";
import { createA2c } from "#agents/a2c.ts";
import { agentKind } from "../agent-kind.ts";
import { count } from "./numbers.ts";
import { checkCoefficients, onPolicyActor, onPolicyShape } from "./on-policy.ts";

/** Settings of A2C for trading: discount, scale of rewards and step size as for PPO. See docs/algorithms/a2c.md. */
const schema = z.strictObject({ rolloutSteps: count.default(16), ...onPolicyShape });

export const a2c = agentKind(schema, {
  acts: ["choices", "reals"],
  sharesBody: true,
  actor: onPolicyActor,
  create: (env, own, { transitions, network, threads, device, seed }) => {
    checkCoefficients("a2c", env, { entropyCoefficient: own.entropyCoefficient });
    return createA2c(env, { ...own, totalTransitions: transitions, network, threads, device }, seed);
  },
});
