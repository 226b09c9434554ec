/** @file The part of an agent that acts, as a graph: what its answer means, and the ONNX model that is all acting needs. */
import { input, constant } from "#tensor/graph.ts";
import type { Node } from "#tensor/graph.ts";
import { encodeModel } from "#tensor/onnx/encode.ts";
import type { Seen, SeenShape } from "./seen.ts";

/**
 * What the numbers of an answer are:
 * - `logits` `[B, Σ sizes]`: of a categorical policy, one head after another;
 * - `actionValues` `[B, Σ sizes]`: what each action is worth; they say nothing of how unsure the policy is;
 * - `action` `[B, width]`: the action itself, within its box.
 */
export type Answer = "logits" | "actionValues" | "action";

export interface Actor {
  readonly answers: Answer;
  /** Length of the flat vector of its parameters. */
  readonly parameters: number;
  /** The answer to what is seen and, of agents that learn one, the value of the state `[B, 1]`. */
  forward(parameters: Node, seen: Seen): { readonly answer: Node; readonly value?: Node };
}

/** Names of the inputs of an acting model, and of its second output; the first is named by what it is. */
export const actingNames = { market: "market", account: "account", value: "value" } as const;

/**
 * The ONNX model of an actor over windowed observations, for acting without any learning code.
 * In: `market` `[batch, L × F]` (oldest row first) and `account` `[batch, S]`; out: the answer under its name, and `value`.
 * @param metadata stored in the file
 */
export function actingModel(
  actor: Actor,
  parameters: Float32Array,
  { lookback, columns, own }: SeenShape,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const windows = input(actingNames.market, ["batch", lookback * columns]);
  const account = input(actingNames.account, ["batch", own]);
  const { answer, value } = actor.forward(constant(parameters), { windows, own: account });
  return encodeModel({ [actor.answers]: answer, ...(value ? { [actingNames.value]: value } : {}) }, metadata);
}
