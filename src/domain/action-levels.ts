/** @file The codec between a network's whole numbers and wanted weights: one level for each instrument. */
import { invariant } from "#base/invariant.ts";

/** Positions an agent may choose, as fractions of an instrument's share of the equity, e.g. [−1, 0, 1]: short, flat, long. */
export type ActionLevels = readonly number[];

/** The action space of a network: one head for each instrument, one action for each level. */
export function levelSpace(
  levels: ActionLevels,
  instruments: number,
): { readonly kind: "discrete"; readonly sizes: readonly number[] } {
  invariant(levels.length > 1 && levels.includes(0), "levels hold 0 (flat) and at least one other", {
    levels: levels.join(" "),
  });
  return { kind: "discrete", sizes: Array.from({ length: instruments }, () => levels.length) };
}

/** Wanted weight of equity: all instruments have equal shares, which add up to 1. */
export function levelWeight(levels: ActionLevels, action: number, instruments: number): number {
  return levels[action] / instruments;
}
