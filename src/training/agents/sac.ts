/** @file SAC as an experiment sets it up. */
import { z } from "zod";
import { createSac, sacActor, sacDefaults } from "#agents/sac.ts";
import { invariant } from "#base/invariant.ts";
import { policyNetwork } from "#policy/soft-networks.ts";
import { agentKind } from "../agent-kind.ts";
import { softCommon, softIssue, softShape } from "./soft-settings.ts";

const schema = z.strictObject({ ...softShape, targetEntropy: z.number().default(sacDefaults.targetEntropy) });

export const sac = agentKind(schema, {
  acts: ["reals"],
  issue: softIssue,
  actor: ({ seen, space, network }) => {
    invariant(space.kind === "box", "SAC learns real actions", { found: space.kind });
    return sacActor(policyNetwork(seen, 2 * space.low.length, network), space);
  },
  create: (env, own, common) => createSac(env, { ...own, ...softCommon(common) }, common.seed),
});
