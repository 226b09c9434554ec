/** @file SAC as an experiment sets it up. */
import { z } from "zod";
import { createSac, sacDefaults } from "#agents/sac.ts";
import { agentKind } from "../agent-kind.ts";
import { softCommon, softIssue, softShape } from "./soft-settings.ts";

const schema = z.strictObject({ ...softShape, targetEntropy: z.number().default(sacDefaults.targetEntropy) });

export const sac = agentKind(schema, {
  acts: ["reals"],
  issue: softIssue,
  create: (env, own, common) => createSac(env, { ...own, ...softCommon(common) }, common.seed),
});
