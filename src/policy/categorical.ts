/** @file Categorical actions of one or several heads: drawn in plain numbers while acting, differentiated as graphs while learning. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import type { Node } from "#tensor/graph.ts";
import { constant } from "#tensor/graph.ts";
import { add, exp, mul, neg } from "#tensor/ops/elementwise.ts";
import { matMul } from "#tensor/ops/linalg.ts";
import { concat, split } from "#tensor/ops/movement.ts";
import { logSoftmax } from "#tensor/ops/normalisation.ts";
import { sum } from "#tensor/ops/reduction.ts";

/** Logit of an action that may not be chosen: its probability is 0 in float32, and no gradient flows through it. */
const illegalLogit = -1e9;

/**
 * Draws an action for each head of one lane, by inversion with one uniform a head.
 * @param logits `[…, Σ sizes]`, this lane's begin at `at`; @param legal the same layout, 0 where an action is illegal
 * @param into actions `[…, heads]`, this lane's begin at `actionAt`
 * @returns the log-probability of the joint action
 */
export function sample(
  logits: Float32Array,
  legal: Uint8Array,
  at: number,
  sizes: readonly number[],
  rng: Rng,
  into: Int32Array,
  actionAt: number,
): number {
  let logProbability = 0;
  for (let head = 0, from = at; head < sizes.length; from += sizes[head++]) {
    const logTotal = logSumExp(logits, legal, from, sizes[head]);
    const uniform = rng.uniform();
    let chosen = -1;
    for (let action = 0, cumulated = 0; action < sizes[head]; action++) {
      if (legal[from + action] === 0) continue;
      chosen = action;
      cumulated += Math.exp(logits[from + action] - logTotal);
      if (uniform < cumulated) break;
    }
    into[actionAt + head] = chosen;
    logProbability += logits[from + chosen] - logTotal;
  }
  return logProbability;
}

/** The most probable legal action of each head of one lane; ties go to the first. Layout as in `sample`. */
export function mostProbable(
  logits: Float32Array,
  legal: Uint8Array | undefined,
  at: number,
  sizes: readonly number[],
  into: Int32Array,
  actionAt: number,
): void {
  for (let head = 0, from = at; head < sizes.length; from += sizes[head++]) {
    let best = -1;
    for (let action = 0; action < sizes[head]; action++) {
      if (legal?.[from + action] === 0) continue;
      // A broken network must not be mistaken for one that prefers the first action: here that may be "sell".
      if (Number.isNaN(logits[from + action])) invariant(false, "logits are numbers", { head, action });
      if (best < 0 || logits[from + action] > logits[from + best]) best = action;
    }
    invariant(best >= 0, "at least one action is legal", { head });
    into[actionAt + head] = best;
  }
}

function logSumExp(logits: Float32Array, legal: Uint8Array, from: number, size: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let at = from; at < from + size; at++) if (legal[at] !== 0 && logits[at] > highest) highest = logits[at];
  let total = 0;
  for (let at = from; at < from + size; at++) if (legal[at] !== 0) total += Math.exp(logits[at] - highest);
  // At least 1 (the highest itself); NaN where a logit is no number or none is legal. No facts are gathered while it holds.
  if (!(total >= 1)) invariant(false, "at least one action is legal, and logits are numbers", { from, size });
  return highest + Math.log(total);
}

/**
 * How unsure a policy is at each head of one lane: H(π) / ln(number of legal actions), 0 where it is sure or has one choice, 1
 * where all are alike. Layout as in `sample`; written into `into` from `headAt` on.
 */
export function normalisedEntropy(
  logits: Float32Array,
  legal: Uint8Array,
  at: number,
  sizes: readonly number[],
  into: Float32Array,
  headAt: number,
): void {
  for (let head = 0, from = at; head < sizes.length; from += sizes[head++]) {
    const logTotal = logSumExp(logits, legal, from, sizes[head]);
    let [total, choices] = [0, 0];
    for (let action = from; action < from + sizes[head]; action++) {
      if (legal[action] === 0) continue;
      const logProbability = logits[action] - logTotal;
      total -= Math.exp(logProbability) * logProbability;
      choices++;
    }
    into[headAt + head] = choices > 1 ? total / Math.log(choices) : 0;
  }
}

/** π of the action that each head of one lane chose. Layout as in `sample`; written into `into` from `actionAt` on. */
export function chosenProbability(
  logits: Float32Array,
  legal: Uint8Array,
  at: number,
  sizes: readonly number[],
  actions: Int32Array,
  actionAt: number,
  into: Float64Array,
): void {
  for (let head = 0, from = at; head < sizes.length; from += sizes[head++]) {
    const logit = logits[from + actions[actionAt + head]];
    into[actionAt + head] = Math.exp(logit - logSumExp(logits, legal, from, sizes[head]));
  }
}

/** log π of every action of every head, `[B, Σ sizes]`, from logits `[B, Σ sizes]` and, where there is one, a mask of legal actions (0 or 1). */
export function logProbabilities(logits: Node, sizes: readonly number[], legal?: Node): Node {
  const masked = legal ? add(mul(logits, legal), mul(add(legal, -1), -illegalLogit)) : logits;
  if (sizes.length === 1) return logSoftmax(masked);
  return concat(
    split(masked, sizes, 1).map((head) => logSoftmax(head)),
    1,
  );
}

/** log π of the chosen joint action, `[B, 1]`; `chosen` `[B, Σ sizes]` is 1 at each head's action. */
export function chosenLogProbability(logProbability: Node, chosen: Node): Node {
  return sum(mul(logProbability, chosen), [1], true);
}

/** −Σ π·log π over all heads, `[B, 1]`. */
export function entropy(logProbability: Node): Node {
  return neg(sum(mul(exp(logProbability), logProbability), [1], true));
}

/** −Σ π·log π of each head, `[B, heads]`. */
export function entropies(logProbability: Node, sizes: readonly number[]): Node {
  if (sizes.length === 1) return entropy(logProbability);
  const terms = mul(exp(logProbability), logProbability);
  // A product that adds up each head's columns: one op for any number of heads, and one back.
  const columnsOf = sizes.flatMap((size, head) =>
    Array.from({ length: size }, () => sizes.map((_, other) => (other === head ? -1 : 0))),
  );
  return matMul(terms, constant(columnsOf.flat(), [columnsOf.length, sizes.length]));
}
