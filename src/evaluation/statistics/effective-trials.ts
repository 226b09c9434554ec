/** @file How many of the trials are not copies of each other: clusters of correlated returns. */
import { invariant } from "#base/invariant.ts";
import { moments } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import { known, notEnough } from "./answer.ts";

const leastBars = 30;
/** Clusters whose trials are correlated by more than this on average are one. */
const sameTrial = 0.5;

/**
 * Clusters that are left when those with the highest mean correlation between their trials are merged as long as that is above
 * one half (average linkage on 1 − ρ; Sokal and Michener, 1958). After López de Prado and Lewis (2018), who count clusters of trials.
 * @param trials returns per bar over the same bars, `[N][T]`.
 */
export function effectiveTrials(trials: readonly ArrayLike<number>[]): Answer<number> {
  const bars = trials[0]?.length ?? 0;
  if (bars < leastBars) return notEnough(leastBars, bars, "bars");
  invariant(
    trials.every(({ length }) => length === bars),
    "trials are compared over the same bars",
  );
  const links = correlations(trials.map(standardised));
  const sizes: number[] = trials.map(() => 1);
  let clusters = trials.length;
  for (; clusters > 1; clusters--) {
    const pair = closest(links, sizes);
    if (pair === undefined) break;
    const { one, other } = pair;
    const size = sizes[one] + sizes[other];
    for (let at = 0; at < trials.length; at++) {
      const merged = (sizes[one] * links[one][at] + sizes[other] * links[other][at]) / size;
      links[one][at] = merged;
      links[at][one] = merged;
    }
    sizes[one] = size;
    sizes[other] = 0;
  }
  return known(clusters);
}

/** The two clusters with the highest mean correlation, if that makes them one. */
function closest(
  links: readonly Float64Array[],
  sizes: readonly number[],
): { readonly one: number; readonly other: number } | undefined {
  let best = sameTrial;
  let pair: { readonly one: number; readonly other: number } | undefined;
  for (let one = 0; one < sizes.length; one++) {
    if (sizes[one] === 0) continue;
    for (let other = one + 1; other < sizes.length; other++) {
      if (sizes[other] === 0 || links[one][other] <= best) continue;
      best = links[one][other];
      pair = { one, other };
    }
  }
  return pair;
}

/** Mean 0 and length 1, so that a product of two is their correlation; 0 where nothing varies, which is like nothing else. */
function standardised(returns: ArrayLike<number>): Float64Array {
  const { mean, deviation } = moments(returns);
  const scale = deviation === 0 ? 0 : 1 / (deviation * Math.sqrt(returns.length - 1));
  return Float64Array.from(returns, (value) => (value - mean) * scale);
}

/** `[N][N]`, each pair worked out once. */
function correlations(scores: readonly Float64Array[]): Float64Array[] {
  const table = scores.map(() => new Float64Array(scores.length));
  for (let one = 0; one < scores.length; one++) {
    for (let other = 0; other <= one; other++) {
      const correlation = product(scores[one], scores[other]);
      table[one][other] = correlation;
      table[other][one] = correlation;
    }
  }
  return table;
}

function product(one: Float64Array, other: Float64Array): number {
  let total = 0;
  for (let t = 0; t < one.length; t++) total += one[t] * other[t];
  return total;
}
