/** @file Weights whose sums are kept in a binary tree: a change and a draw cost O(log n). */
import { invariant } from "#base/invariant.ts";

export interface SumTree {
  /** Σ of all weights. */
  readonly total: number;
  weight(at: number): number;
  /** Changes one weight, which is not negative. */
  set(at: number, weight: number): void;
  /**
   * The place in whose share of the line from 0 to `total` the point lies: drawn evenly, a place is found as often as its
   * weight says, one of weight 0 never.
   */
  find(point: number): number;
}

/**
 * `places` weights, all 0 at first. Each node is the sum of its two children, worked out anew when one of them changes, so that
 * the tree depends on the weights alone and rounding does not pile up.
 */
export function createSumTree(places: number): SumTree {
  const leaves = 2 ** Math.ceil(Math.log2(Math.max(1, places)));
  const sums = new Float64Array(2 * leaves);
  return {
    get total() {
      return sums[1];
    },

    weight: (at) => sums[leaves + at],

    set(at, weight) {
      invariant(at >= 0 && at < places && weight >= 0 && weight < Infinity, "a place has a weight", { at, weight });
      let node = leaves + at;
      sums[node] = weight;
      for (node >>= 1; node >= 1; node >>= 1) sums[node] = sums[2 * node] + sums[2 * node + 1];
    },

    find(point) {
      invariant(sums[1] > 0, "some place has a weight");
      let node = 1;
      let left = point;
      while (node < leaves) {
        node *= 2;
        // Rounding may leave a point beyond all that has weight: then the last that has some.
        if (left >= sums[node] && sums[node + 1] > 0) left -= sums[node++];
      }
      return node - leaves;
    },
  };
}
