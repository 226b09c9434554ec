/** @file The loss of Q-learning over one or several heads, as a graph. */
import type { Node } from "#tensor/graph.ts";
import { constant } from "#tensor/graph.ts";
import { abs, add, div, mul, sub, total } from "#tensor/ops/elementwise.ts";
import { cast, equal, greater, minimum, stopGradient, where } from "#tensor/ops/logic.ts";
import { oneHot, reshape } from "#tensor/ops/movement.ts";
import { max, mean, sum } from "#tensor/ops/reduction.ts";
import { byHead } from "#policy/heads.ts";

/** Less than any action is worth. */
export const worthless = -1e9;

/** A minibatch; action values are `[B, Σ sizes]`. */
export interface QBatch {
  /** Of the network that learns, where the action was taken. */
  readonly values: Node;
  /** `[B, heads]`: the action of each head, as numbers. */
  readonly action: Node;
  /** `[B, 1]`: R, what was paid on the way to the next state. */
  readonly reward: Node;
  /** `[B, 1]`: what the value of the next state counts. */
  readonly beyond: Node;
  /** `[B, 1]`: how much a transition counts. */
  readonly weight: Node;
  /** By which the next action is chosen, and by which it is valued. */
  readonly choosing: Node;
  readonly valuing: Node;
  /** `[B, Σ sizes]`, 1 where an action is legal in the next state; absent: all are. */
  readonly legal?: Node | undefined;
}

/**
 * E[w · huber(δ)] with δ = R + beyond · Q′(s′, a′) − Q(s, a), where Q(s, a) = Σ_h Q_h(s, a_h) over heads (value decomposition,
 * Sunehag et al., 2018, https://arxiv.org/abs/1706.05296) and a′_h is the best legal action of head h. The best of a sum is the
 * best of each head, so heads act independently. huber(δ) = δ²/2 up to |δ| = κ, then κ·(|δ| − κ/2).
 * @returns the loss, E[Q(s, a)], and δ `[B]`
 */
export function qLoss(
  { values, action, reward, beyond, weight, choosing, valuing, legal }: QBatch,
  sizes: readonly number[],
  threshold: number,
): { readonly loss: Node; readonly meanQ: Node; readonly tdError: Node } {
  const taken = sum(mul(values, chosen(action, sizes)), 1, true);
  const target = add(reward, mul(beyond, valueOfBest(choosing, valuing, sizes, legal)));
  const error = sub(stopGradient(target), taken);
  const size = abs(error);
  const within = minimum(size, threshold);
  const huber = mul(within, sub(size, mul(within, 0.5)));
  return { loss: mean(mul(weight, huber)), meanQ: mean(taken), tdError: reshape(error, [error.shape[0]]) };
}

/** 1 at each head's action, `[B, Σ sizes]`. */
function chosen(action: Node, sizes: readonly number[]): Node {
  let from = 0;
  const starts = sizes.map((size) => (from += size) - size);
  const place = add(cast(action, "int64"), constant(starts, [1, sizes.length], "int64"));
  return sum(oneHot(place, from), 1);
}

/** Σ_h of what `valuing` says of the best legal action by `choosing`, `[B, 1]`; of several that are best, their mean. */
function valueOfBest(choosing: Node, valuing: Node, sizes: readonly number[], legal?: Node): Node {
  const allowed = legal ? where(greater(legal, 0.5), choosing, worthless) : choosing;
  const worth = byHead(valuing, sizes);
  const best = byHead(allowed, sizes).map((head, at) => {
    const hits = cast(equal(head, max(head, 2, true)), "float32");
    return sum(div(sum(mul(hits, worth[at]), 2), sum(hits, 2)), 1, true);
  });
  return total(best);
}
