/** @file The networks that act: what they look at, their layers, and the ONNX model that is all acting needs. */
import type { Rng } from "#base/rng.ts";
import { invariant } from "#base/invariant.ts";
import type { ObservationSpace } from "#env/space.ts";
import type { Node } from "#tensor/graph.ts";
import { constant, input } from "#tensor/graph.ts";
import { encodeModel } from "#tensor/onnx/encode.ts";
import { orthogonal } from "#tensor/initialisers.ts";
import type { Activation } from "#tensor/layers.ts";
import { mlp } from "#tensor/layers.ts";
import { add } from "#tensor/ops/elementwise.ts";
import { cast } from "#tensor/ops/logic.ts";
import { concat, gather, reshape, split } from "#tensor/ops/movement.ts";
import { parameterLayout } from "#tensor/parameters.ts";

export interface NetworkConfig {
  /** Units of each hidden layer, the first next to the observation. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
}

/** Numbers that a network sees of one observation: the window's rows oldest first, then the lane's own vector. */
export function inputWidth(space: ObservationSpace): number {
  return space.kind === "vector" ? space.size : space.lookback * space.table.columns + space.size;
}

/**
 * What a network sees, `[B, inputWidth]`, from observations `[B, O]`: a row index is turned into its window here, inside the
 * graph, so that a rollout stores one number and not lookback × columns of them.
 * @param table the shared table `[T, F]`; needed for windowed observations only
 */
export function seen(space: ObservationSpace, observations: Node, table?: Node): Node {
  if (space.kind === "vector") return observations;
  invariant(table !== undefined, "a windowed observation comes with its table");
  const batch = observations.shape[0];
  const [row, own] = split(observations, [1, space.size], 1);
  const back = Float64Array.from({ length: space.lookback }, (_, at) => at - space.lookback + 1);
  const rows = add(cast(row, "int64"), constant(back, [1, space.lookback], "int64"));
  const window = reshape(gather(table, rows), [batch, space.lookback * space.table.columns]);
  return concat([window, own], 1);
}

/** A policy head and a value head, each with a body of its own (what one learns does not disturb the other). */
export interface ActorCritic {
  /** Length of the flat vector of all parameters. */
  readonly parameters: number;
  /** Orthogonal weights: √2 in the bodies, 0.01 for the policy head, 1 for the value head (Engstrom et al., 2020). */
  initialise(rng: Rng): Float32Array;
  /** Logits `[B, outputs]` and values `[B, 1]` from inputs `[B, inputWidth]` and the flat parameters. */
  forward(parameters: Node, inputs: Node): { readonly logits: Node; readonly value: Node };
}

/** An actor-critic for `inputs` numbers in and `outputs` logits out. */
export function actorCritic(inputs: number, outputs: number, { hidden, activation }: NetworkConfig): ActorCritic {
  const layout = parameterLayout();
  const policy = mlp(layout, "policy", [inputs, ...hidden, outputs], { activation, outputWeight: orthogonal(0.01) });
  const value = mlp(layout, "value", [inputs, ...hidden, 1], { activation });
  return {
    parameters: layout.size,
    initialise: (rng) => layout.initialise(rng),
    forward(parameters, x) {
      const named = layout.unpack(parameters);
      return { logits: policy(x, named), value: value(x, named) };
    },
  };
}

/** Names of the inputs and outputs of an acting model. */
export const actingNames = { market: "market", account: "account", logits: "logits", value: "value" } as const;

/**
 * The ONNX model of an actor-critic over windowed observations, for acting without any learning code.
 * In: `market` `[batch, L × F]` (oldest row first) and `account` `[batch, A]`; out: `logits` `[batch, outputs]`, `value` `[batch, 1]`.
 * @param metadata stored in the file
 */
export function actingModel(
  network: ActorCritic,
  parameters: Float32Array,
  space: ObservationSpace & { readonly kind: "windowed" },
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const market = input(actingNames.market, ["batch", space.lookback * space.table.columns]);
  const account = input(actingNames.account, ["batch", space.size]);
  const { logits, value } = network.forward(constant(parameters), concat([market, account], 1));
  return encodeModel({ [actingNames.logits]: logits, [actingNames.value]: value }, metadata);
}
