/** @file Discrete SAC as an experiment sets it up. */
import { z } from "zod";
import { createDiscreteSac, discreteSacActor } from "#agents/discrete-sac.ts";
import { invariant } from "#base/invariant.ts";
import { logitWidth } from "#env/space.ts";
import { policyNetwork } from "#policy/soft-networks.ts";
import { agentKind } from "../agent-kind.ts";
import { softCommon, softIssue, softShape } from "./soft-settings.ts";
import { count, fraction, positive } from "./numbers.ts";

/**
 * A policy that quickly becomes sure of what its critics know after a few updates, and hardly moves from then on: what critics learn
 * of the same bars later is mostly noise. See docs/algorithms/sac.md.
 */
const schema = z.strictObject({
  ...softShape,
  updatesPerTransition: positive.default(0.001),
  learningStarts: count.default(4096),
  minibatchSize: count.default(1024),
  capacity: count.default(8192),
  learningRate: positive.default(1e-3),
  gamma: fraction.default(0.9),
  targetEntropyShare: z.number().min(0).max(1).default(0.02),
  valueClip: positive.optional(),
});

export const discreteSac = agentKind(schema, {
  acts: ["choices"],
  issue: softIssue,
  actor: ({ seen, space, network }) => {
    invariant(space.kind === "discrete", "discrete SAC learns choices", { found: space.kind });
    return discreteSacActor(policyNetwork(seen, logitWidth(space), network));
  },
  create: (env, { valueClip, ...own }, common) =>
    createDiscreteSac(
      env,
      { ...own, ...(valueClip === undefined ? {} : { valueClip }), ...softCommon(common) },
      common.seed,
    ),
});
