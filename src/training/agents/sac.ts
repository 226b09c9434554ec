/** @file SAC as an experiment sets it up. */
import { z } from "zod";
import { createSac, sacActor, sacDefaults } from "#agents/sac.ts";
import { invariant } from "#base/invariant.ts";
import { policyNetwork } from "#policy/soft-networks.ts";
import { agentKind } from "../agent-kind.ts";
import { softCommon, softIssue, softShape } from "./soft-settings.ts";
import { count, fraction, positive } from "./numbers.ts";

/** Critics see how much an action changes, which is what it costs; and learn in small steps. See docs/algorithms/sac.md. */
const schema = z.strictObject({
  ...softShape,
  updatesPerTransition: positive.default(1 / 128),
  learningStarts: count.default(8192),
  minibatchSize: count.default(256),
  capacity: count.default(32_768),
  learningRate: positive.default(3e-4),
  gamma: fraction.default(0.95),
  targetEntropy: z.number().default(sacDefaults.targetEntropy),
  changeSeen: z.boolean().default(true),
});

export const sac = agentKind(schema, {
  acts: ["reals"],
  issue: softIssue,
  actor: ({ seen, space, network }) => {
    invariant(space.kind === "box", "SAC learns real actions", { found: space.kind });
    return sacActor(policyNetwork(seen, 2 * space.low.length, network), space);
  },
  create: (env, own, common) => createSac(env, { ...own, ...softCommon(common) }, common.seed),
});
