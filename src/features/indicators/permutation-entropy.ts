/** @file Permutation entropy: how much of the order of closes is chance. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";

/** Which of the six orders three numbers are in; equal ones count in the order in which they came. */
function orderOf(first: number, second: number, third: number): number {
  if (first <= second) return second <= third ? 0 : first <= third ? 1 : 2;
  return first <= third ? 3 : second <= third ? 4 : 5;
}

const orders = 6;

/**
 * −Σ p ln p / ln 6 over the orders of three closes that follow each other, of the last n such triples: 1 where all six are
 * equally frequent, 0 where there is only one. Bandt and Pompe, Physical Review Letters 88, 2002, order 3.
 */
export function permutationEntropy(triples = 64): Indicator {
  const ring = new Float64Array(triples);
  const counts = new Float64Array(orders);
  /** The close before, the one before that, and how many closes came. */
  const kept = Float64Array.of(NaN, NaN, 0);
  return indicator(["entropy"], triples + 2, [ring, counts, kept], ({ close }, into, at) => {
    const taken = kept[2] - 2;
    if (taken >= 0) {
      const slot = taken % triples;
      if (taken >= triples) counts[ring[slot]]--;
      ring[slot] = orderOf(kept[1], kept[0], close);
      counts[ring[slot]]++;
    }
    kept[1] = kept[0];
    kept[0] = close;
    kept[2]++;
    let entropy = 0;
    for (let order = 0; order < orders; order++) {
      const share = counts[order] / triples;
      if (share > 0) entropy -= share * Math.log(share);
    }
    into[at] = entropy / Math.log(orders);
  });
}
