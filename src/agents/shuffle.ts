/** @file The orders in which learners go over what they have collected, in minibatches. */
import type { Rng } from "#base/rng.ts";
import type { ObservationSpace } from "#env/space.ts";
import { expectedDistinct } from "#policy/seen.ts";

/**
 * - `transitions`: each by itself.
 * - `bars`: what was done at one bar stays together, and the bars are shuffled. Each minibatch has few bars, and what a
 *   network computes of a bar is computed once for many transitions.
 */
export type Shuffled = "transitions" | "bars";

/** A fresh order of 0 … N − 1. */
export type Shuffle = (rng: Rng) => Int32Array;

/**
 * Orders for N transitions `[N, width]` that begin with their observation, whose first number is the bar's row where the
 * space is windowed.
 */
export function shuffleOf(
  kind: Shuffled,
  { kind: space }: ObservationSpace,
  rows: Float32Array,
  width: number,
): Shuffle {
  const count = rows.length / width;
  if (kind === "transitions" || space === "vector") {
    const order = upTo(count);
    return (rng) => shuffled(order, rng);
  }
  const members = Map.groupBy(upTo(count), (n) => rows[n * width]);
  const bars = [...members.values()];
  const order = upTo(bars.length);
  return (rng) => Int32Array.from(Array.from(shuffled(order, rng), (bar) => bars[bar]).flat());
}

function upTo(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, at) => at);
}

/** Fisher and Yates' shuffle, in place. */
function shuffled(order: Int32Array, rng: Rng): Int32Array {
  for (let at = order.length - 1; at > 0; at--) {
    const other = rng.integer(at + 1);
    const kept = order[at];
    order[at] = order[other];
    order[other] = kept;
  }
  return order;
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
