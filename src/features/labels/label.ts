/** @file A label: what a supervised learner is taught about a bar, known only later; no observation can be made of one. */
import { invariant } from "#base/invariant.ts";

const known: unique symbol = Symbol("what came after");

/**
 * The future of one bar. It is no number and holds none that can be reached but by `outcomeOf` and `endOf`, which a
 * learner's targets and the purging of its rows may call, and nothing that observes, decides or trades.
 */
export interface Label {
  readonly [known]: { readonly outcome: number; readonly endBar: number };
}

/** One label for each bar, nothing where the label could not be known: warming up, or its future is not in the data. */
export type Labels = readonly (Label | undefined)[];

/** A label whose outcome was known after the bar with index `endBar`. */
export function label(outcome: number, endBar: number): Label {
  invariant(Number.isFinite(outcome) && Number.isInteger(endBar), "a label is finite and ends at a bar", {
    outcome,
    endBar,
  });
  return { [known]: { outcome, endBar } };
}

/** The target of a supervised learner. */
export function outcomeOf(one: Label): number {
  return one[known].outcome;
}

/** Index of the last bar that the label has looked at. */
export function endOf(one: Label): number {
  return one[known].endBar;
}

/**
 * Indices of the labelled bars in `from` … `to − 1` whose labels end before bar `testFrom` (López de Prado, 2018, §7.4.1:
 * purging). A training row whose label reaches into the test would teach what is to be tested.
 */
export function purgedBars(labels: Labels, from: number, to: number, testFrom: number): Int32Array {
  const kept: number[] = [];
  for (let t = from; t < Math.min(to, labels.length); t++) {
    const one = labels[t];
    if (one !== undefined && endOf(one) < testFrom) kept.push(t);
  }
  return Int32Array.from(kept);
}
