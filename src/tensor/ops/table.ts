/** @file Every op there is. The compiler refuses this table if an op lacks any of its parts. */
import { invariant } from "#base/invariant.ts";
import type { Node, OpName } from "../graph.ts";
import type { Definitions, OpDefinition } from "./definition.ts";
import { elementwise } from "./elementwise.ts";
import { linalg } from "./linalg.ts";
import { logic } from "./logic.ts";
import { movement } from "./movement.ts";
import { normalisation } from "./normalisation.ts";
import { reductions } from "./reduction.ts";

function never(): never {
  invariant(false, "leaves are made by input() and constant(), and fed, not computed");
}

function leaf<Op extends "input" | "constant">(): OpDefinition<Op> {
  return { infer: never, gradient: () => [], lower: never, evaluate: never };
}

export const operations = {
  input: leaf<"input">(),
  constant: leaf<"constant">(),
  ...elementwise,
  ...logic,
  ...linalg,
  ...movement,
  ...reductions,
  ...normalisation,
} satisfies Definitions<OpName>;

/** What a node's op says about itself. */
export function definitionOf(node: Node): OpDefinition {
  return operations[node.op];
}
