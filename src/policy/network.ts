/** @file The networks of agents: bodies with heads on them, over one flat vector of parameters. */
import type { Rng } from "#base/rng.ts";
import { orthogonal } from "#tensor/initialisers.ts";
import { linear, mlp } from "#tensor/layers.ts";
import type { Node } from "#tensor/graph.ts";
import { add, mul, sub } from "#tensor/ops/elementwise.ts";
import { reshape } from "#tensor/ops/movement.ts";
import { mean } from "#tensor/ops/reduction.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import type { ActionHead, Said } from "./action-head.ts";
import type { Actor } from "./actor.ts";
import type { NetworkConfig } from "./body.ts";
import { createBody } from "./body.ts";
import { byHead, sideBySide } from "./heads.ts";
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

/** One body, and on it what each action of each head is worth. */
export interface QNetwork {
  /** Length of the flat vector of all parameters. */
  readonly parameters: number;
  /** Orthogonal weights: √2 in the body and the streams, 0.01 for what comes out, so that all actions begin nearly alike. */
  initialise(rng: Rng): Float32Array;
  /** Action values `[B, Σ sizes]` of what is seen, from the flat parameters. */
  forward(parameters: Node, seen: Seen): Node;
  readonly actor: Actor;
}

export interface QNetworkOptions {
  /** The value of the state and the advantages of actions as streams of their own, each with a hidden layer (Wang et al., 2016). */
  readonly dueling: boolean;
}

/**
 * Action values of heads with `sizes` actions. Dueling: Q_h(s, a) = V(s) / heads + A_h(s, a) − mean over a of A_h(s, a) (Wang et
 * al., 2016, eq. 9, https://arxiv.org/abs/1511.06581), so that the values of one action of each head add up to V and advantages.
 */
export function qNetwork(
  shape: SeenShape,
  sizes: readonly number[],
  config: NetworkConfig,
  { dueling }: QNetworkOptions,
): QNetwork {
  const layout = parameterLayout();
  const actions = sizes.reduce((sum, size) => sum + size, 0);
  const body = createBody(layout, "body", shape, config);
  const { width } = body;
  const small = orthogonal(0.01);
  const stream = { activation: "relu", outputWeight: small } as const;
  const value = dueling ? mlp(layout, "value", [width, width, 1], stream) : undefined;
  const advantage = dueling
    ? mlp(layout, "advantage", [width, width, actions], stream)
    : linear(layout, "head", width, actions, { weight: small });
  const forward = (parameters: Node, seen: Seen): Node => {
    const named = layout.unpack(parameters);
    const hidden = body.forward(seen, named);
    const advantages = advantage(hidden, named);
    if (value === undefined) return advantages;
    const [batch] = hidden.shape;
    const share = reshape(mul(value(hidden, named), 1 / sizes.length), [batch, 1, 1]);
    const centred = byHead(advantages, sizes).map((head) => add(sub(head, mean(head, 2, true)), share));
    return sideBySide(centred, batch);
  };
  return {
    parameters: layout.size,
    initialise: (rng) => layout.initialise(rng),
    forward,
    actor: {
      answers: "actionValues",
      parameters: layout.size,
      forward: (parameters, seen) => ({ answer: forward(parameters, seen) }),
    },
  };
}
