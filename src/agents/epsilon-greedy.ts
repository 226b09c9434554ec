/** @file Exploration of agents that value actions: now and then any legal one instead of the best. */
import type { Rng } from "#base/rng.ts";
import { mostProbable } from "#policy/categorical.ts";

/**
 * For each head of one lane its best legal action, or with chance `epsilon` any legal one, each as likely as the others; heads
 * explore independently. @param actionValues `[…, Σ sizes]`, this lane's begin at `at` @param legal the same layout
 * @param into actions `[…, heads]`, this lane's begin at `actionAt`
 */
export function epsilonGreedy(
  actionValues: Float32Array,
  legal: Uint8Array,
  at: number,
  sizes: readonly number[],
  epsilon: number,
  rng: Rng,
  into: Int32Array,
  actionAt: number,
): void {
  mostProbable(actionValues, legal, at, sizes, into, actionAt);
  for (let head = 0, from = at; head < sizes.length; from += sizes[head++]) {
    if (rng.uniform() >= epsilon) continue;
    let choices = 0;
    for (let action = 0; action < sizes[head]; action++) choices += legal[from + action];
    let left = rng.integer(choices);
    for (let action = 0; action < sizes[head]; action++) {
      if (legal[from + action] === 1 && left-- === 0) into[actionAt + head] = action;
    }
  }
}
