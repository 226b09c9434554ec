/** @file Discrete SAC as an experiment sets it up. */
import { z } from "zod";
import { createDiscreteSac } from "#agents/discrete-sac.ts";
import { agentKind } from "../agent-kind.ts";
import { softCommon, softIssue, softShape } from "./soft-settings.ts";

const schema = z.strictObject({
  ...softShape,
  targetEntropyShare: z.number().min(0).max(1).default(0.3),
  valueClip: z.number().positive().optional(),
});

export const discreteSac = agentKind(schema, {
  acts: ["choices"],
  issue: softIssue,
  create: (env, { valueClip, ...own }, common) =>
    createDiscreteSac(
      env,
      { ...own, ...(valueClip === undefined ? {} : { valueClip }), ...softCommon(common) },
      common.seed,
    ),
});
