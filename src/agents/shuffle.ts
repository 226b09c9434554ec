/** @file A fair order of things. */
import type { Rng } from "#base/rng.ts";

/** Fisher and Yates' shuffle, in place. */
export function shuffle(order: Int32Array, rng: Rng): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = rng.integer(at + 1);
    const kept = order[at];
    order[at] = order[other];
    order[other] = kept;
  }
}
