/** @file The networks of agents: bodies with heads on them, over one flat vector of parameters. */
import type { Rng } from "#base/rng.ts";
import { linear } from "#tensor/layers.ts";
import type { Node } from "#tensor/graph.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import type { ActionHead, Said } from "./action-head.ts";
import type { Actor } from "./actor.ts";
import type { NetworkConfig } from "./body.ts";
import { createBody } from "./body.ts";
import type { Seen, SeenShape } from "./seen.ts";

/** A policy head and a value head, each with a body of its own (what one learns does not disturb the other) or on a shared one. */
export interface ActorCritic {
  /** Length of the flat vector of all parameters. */
  readonly parameters: number;
  /** Orthogonal weights: √2 in the bodies, 0.01 for the policy head, 1 for the value head (Engstrom et al., 2020). */
  initialise(rng: Rng): Float32Array;
  /** What the policy head says and values `[B, 1]` of what is seen, from the flat parameters. */
  forward(parameters: Node, seen: Seen): { readonly said: Said<Node>; readonly value: Node };
  /** What acts: the policy, with the value beside it. */
  readonly actor: Actor;
}

/** An actor-critic whose policy has this head. */
export function actorCritic(shape: SeenShape, head: ActionHead, config: NetworkConfig): ActorCritic {
  const layout = parameterLayout();
  const policyBody = createBody(layout, config.shared === true ? "body" : "policy.body", shape, config);
  const policy = head.create(layout, "policy.head", policyBody.width);
  const valueBody = config.shared === true ? policyBody : createBody(layout, "value.body", shape, config);
  const worth = linear(layout, "value.head", valueBody.width, 1);
  const forward = (parameters: Node, seen: Seen): { readonly said: Said<Node>; readonly value: Node } => {
    const named = layout.unpack(parameters);
    const hidden = policyBody.forward(seen, named);
    const valued = valueBody === policyBody ? hidden : valueBody.forward(seen, named);
    return { said: policy(hidden, named), value: worth(valued, named) };
  };
  return {
    parameters: layout.size,
    initialise: (rng) => layout.initialise(rng),
    forward,
    actor: {
      answers: head.answers,
      parameters: layout.size,
      forward: (parameters, seen) => {
        const { said, value } = forward(parameters, seen);
        return { answer: head.answer(said), value };
      },
    },
  };
}
