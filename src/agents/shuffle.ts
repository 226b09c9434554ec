/** @file Fair orders of things, and of what was collected in particular. */
import type { Rng } from "#base/rng.ts";
import type { ObservationSpace } from "#env/space.ts";
import { expectedDistinct } from "#policy/seen.ts";

/** Fisher and Yates' shuffle, in place. */
export function shuffle(order: Int32Array, rng: Rng): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = rng.integer(at + 1);
    const kept = order[at];
    order[at] = order[other];
    order[other] = kept;
  }
}

/**
 * What is shuffled before it is cut into minibatches:
 * - `transitions`: each by itself.
 * - `bars`: what was done at one bar stays together. A minibatch has few bars then, and what a network computes of a bar is
 *   computed once for many transitions.
 */
export type Shuffled = "transitions" | "bars";

/** A new order of 0 … N − 1; it may be the same array each time. */
export type Order = (rng: Rng) => Int32Array;

/** Orders for N transitions `[N, width]` that begin with their observation, which in a windowed space begins with the bar's row. */
export function orderOf(kind: Shuffled, space: ObservationSpace, rows: Float32Array, width: number): Order {
  const transitions = upTo(rows.length / width);
  if (kind === "transitions" || space.kind === "vector") {
    return (rng) => {
      shuffle(transitions, rng);
      return transitions;
    };
  }
  const bars = [...Map.groupBy(transitions, (n) => rows[n * width]).values()];
  const order = upTo(bars.length);
  return (rng) => {
    shuffle(order, rng);
    return Int32Array.from(Array.from(order, (bar) => bars[bar]).flat());
  };
}

function upTo(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, at) => at);
}

/** Bars to be expected in a minibatch, where transitions of a rollout lie evenly over the table; undefined: as many as chance gives. */
export function barsOfMinibatch(
  kind: Shuffled,
  space: ObservationSpace,
  { transitions, minibatch }: { readonly transitions: number; readonly minibatch: number },
): number | undefined {
  if (kind === "transitions" || space.kind === "vector") return undefined;
  // One more than its share, because the cut goes through a bar.
  return (expectedDistinct(space.table.rows, transitions) * minibatch) / transitions + 1;
}
