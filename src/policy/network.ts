/** @file The networks of agents: bodies with heads on them, over one flat vector of parameters. */
import type { Rng } from "#base/rng.ts";
import { orthogonal } from "#tensor/initialisers.ts";
import { linear } from "#tensor/layers.ts";
import type { Node } from "#tensor/graph.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import type { Actor } from "./actor.ts";
import type { NetworkConfig } from "./body.ts";
import { createBody } from "./body.ts";
import type { Seen, SeenShape } from "./seen.ts";

/** A policy head and a value head, each with a body of its own (what one learns does not disturb the other). */
export interface ActorCritic {
  /** Length of the flat vector of all parameters. */
  readonly parameters: number;
  /** Orthogonal weights: √2 in the bodies, 0.01 for the policy head, 1 for the value head (Engstrom et al., 2020). */
  initialise(rng: Rng): Float32Array;
  /** Logits `[B, outputs]` and values `[B, 1]` of what is seen, from the flat parameters. */
  forward(parameters: Node, seen: Seen): { readonly logits: Node; readonly value: Node };
  /** What acts: the policy, with the value beside it. */
  readonly actor: Actor;
}

/** An actor-critic with `outputs` logits. */
export function actorCritic(shape: SeenShape, outputs: number, config: NetworkConfig): ActorCritic {
  const layout = parameterLayout();
  const policyBody = createBody(layout, "policy.body", shape, config);
  const policy = linear(layout, "policy.head", policyBody.width, outputs, { weight: orthogonal(0.01) });
  const valueBody = createBody(layout, "value.body", shape, config);
  const worth = linear(layout, "value.head", valueBody.width, 1);
  const forward = (parameters: Node, seen: Seen): { readonly logits: Node; readonly value: Node } => {
    const named = layout.unpack(parameters);
    return {
      logits: policy(policyBody.forward(seen, named), named),
      value: worth(valueBody.forward(seen, named), named),
    };
  };
  return {
    parameters: layout.size,
    initialise: (rng) => layout.initialise(rng),
    forward,
    actor: {
      answers: "logits",
      parameters: layout.size,
      forward: (parameters, seen) => {
        const { logits, value } = forward(parameters, seen);
        return { answer: logits, value };
      },
    },
  };
}
