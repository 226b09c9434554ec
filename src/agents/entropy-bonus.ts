/** @file The reward for staying unsure (Williams and Peng, 1991), part by part of an action. */
import type { Node } from "#tensor/graph.ts";
import { constant } from "#tensor/graph.ts";
import { mul } from "#tensor/ops/elementwise.ts";
import { mean } from "#tensor/ops/reduction.ts";

/**
 * The mean over batch and parts of coefficient · H, so that a coefficient means the same for any number of parts.
 * @param entropies `[B, parts]` or `[1, parts]`
 * @param coefficient for all parts, for each, or a node `[1, parts]`
 * @returns undefined where it is nothing, so that nothing is computed of it
 */
export function entropyBonus(entropies: Node, coefficient: number | readonly number[] | Node): Node | undefined {
  if (typeof coefficient === "number") return coefficient === 0 ? undefined : mul(mean(entropies), coefficient);
  return mean(mul(entropies, "op" in coefficient ? coefficient : constant(coefficient, [1, coefficient.length])));
}

/** A coefficient for each part of an action. */
export function coefficientsOf(coefficient: number | readonly number[], parts: number): readonly number[] {
  return typeof coefficient === "number" ? Array.from({ length: parts }, () => coefficient) : coefficient;
}

/** Mean entropies `[parts]` as metrics: their sum and, of several, each. */
export function entropyMetrics(entropies: Float32Array): Record<string, number> {
  const each = entropies.length < 2 ? [] : Array.from(entropies, (value, part) => [`entropy.${part}`, value] as const);
  return { entropy: entropies.reduce((sum, value) => sum + value, 0), ...Object.fromEntries(each) };
}
