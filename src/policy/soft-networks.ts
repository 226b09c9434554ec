/** @file The networks of soft actor-critic: a policy alone, and two critics beside each other. */
import type { Rng } from "#base/rng.ts";
import { orthogonal } from "#tensor/initialisers.ts";
import { linear } from "#tensor/layers.ts";
import type { Node } from "#tensor/graph.ts";
import { concat } from "#tensor/ops/movement.ts";
import type { Parameters } from "#tensor/parameters.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import type { NetworkConfig } from "./body.ts";
import { createBody } from "./body.ts";
import type { Seen, SeenShape } from "./seen.ts";

/** A body with one head on it: a policy or values alone. */
export interface HeadedNetwork {
  /** Length of the flat vector of all parameters. */
  readonly parameters: number;
  initialise(rng: Rng): Float32Array;
  /** `[B, outputs]` of what is seen, from the flat parameters. */
  forward(parameters: Node, seen: Seen): Node;
}

/** Orthogonal weights: √2 in the body, 0.01 for the head, so that a policy begins with no preference to speak of. */
export function policyNetwork(shape: SeenShape, outputs: number, config: NetworkConfig): HeadedNetwork {
  const layout = parameterLayout();
  const body = createBody(layout, "policy.body", shape, config);
  const head = linear(layout, "policy.head", body.width, outputs, { weight: orthogonal(0.01) });
  return {
    parameters: layout.size,
    initialise: (rng) => layout.initialise(rng),
    forward: (parameters, seen) => {
      const named = layout.unpack(parameters);
      return head(body.forward(seen, named), named);
    },
  };
}

/** Two critics of the same form and of different beginnings, so that one can doubt the other. */
export interface TwinCritics {
  /** Length of the flat vector of all parameters of both. */
  readonly parameters: number;
  initialise(rng: Rng): Float32Array;
  /**
   * What each critic says, `[B, outputs]`.
   * @param action `[B, actions]`, stands beside what the lane knows of its own; absent where outputs stand for actions
   */
  forward(parameters: Node, seen: Seen, action?: Node): readonly [Node, Node];
}

/**
 * Orthogonal weights: √2 in the bodies, 0.01 for the heads, so that what a critic says at first is small against what it learns.
 * @param actions numbers of an action that is looked at
 */
export function twinCritics(shape: SeenShape, actions: number, outputs: number, config: NetworkConfig): TwinCritics {
  const layout = parameterLayout();
  const critic = (name: string): ((seen: Seen, parameters: Parameters) => Node) => {
    const body = createBody(layout, `${name}.body`, { ...shape, own: shape.own + actions }, config);
    const head = linear(layout, `${name}.head`, body.width, outputs, { weight: orthogonal(0.01) });
    return (seen, parameters) => head(body.forward(seen, parameters), parameters);
  };
  const [one, other] = [critic("one"), critic("other")];
  return {
    parameters: layout.size,
    initialise: (rng) => layout.initialise(rng),
    forward: (parameters, seen, action) => {
      const named = layout.unpack(parameters);
      const judged = action === undefined ? seen : { ...seen, own: concat([seen.own, action], 1) };
      return [one(judged, named), other(judged, named)];
    },
  };
}
