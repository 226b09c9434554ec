/** @file Votes of trees beside what the labels came out as, by hand. */
import { expect, test } from "vitest";
import type { Forest, Tree } from "#policy/trees/forest.ts";
import { voteOutcomes } from "./boosted-confidence.ts";
import type { FoldRows } from "./boosting-rows.ts";

/** One split at 0: so much is added to a class where the feature is below, and so much where it is not. */
function split(below: number, above: number): Tree {
  return {
    feature: Int32Array.of(0, -1, -1),
    threshold: Float32Array.of(0, 0, 0),
    left: Int32Array.of(1, 0, 0),
    right: Int32Array.of(2, 0, 0),
    defaultLeft: Uint8Array.of(0, 0, 0),
    value: Float32Array.of(0, below, above),
    gain: Float32Array.of(1, 0, 0),
    cover: Float32Array.of(1, 1, 1),
  };
}

/** Probabilities of SELL, HOLD, BUY: 1/2, 1/4, 1/4 below 0; 1/8, 1/8, 3/4 above it; for `still` HOLD is the likeliest everywhere. */
const forest = (still = false): Forest => ({
  objective: "softmax",
  features: 1,
  featureNames: ["x"],
  outputs: 3,
  baseScore: [0, 0, 0],
  trees: still ? [split(0, 0), split(1, 1), split(0, 0)] : [split(Math.log(2), 0), split(0, 0), split(0, Math.log(6))],
  treeOutput: [0, 1, 2],
});

/** @param known of each bar what is seen of it and its class: 0, 1 and 2 of SELL, HOLD and BUY */
function rows(known: readonly (readonly [bar: number, seen: number, label: number])[]): FoldRows {
  const validation = {
    values: Float32Array.from(known, ([, seen]) => seen),
    labels: Float32Array.from(known, ([, , label]) => label),
  };
  return { featureNames: ["x"], train: validation, validation, validationBars: known.map(([bar]) => bar) };
}

const softmax = { objective: "softmax", threshold: 0 } as const;
const one = rows([
  [10, -1, 0],
  [12, 1, 0],
  [13, -1, 1],
]);
const other = rows([
  [11, 1, 2],
  [12, -1, 2],
]);
const nearly = (found: ReturnType<typeof voteOutcomes>): [number, boolean][] =>
  found.map(({ confidence, right }) => [Math.round(1e6 * confidence) / 1e6, right]);

test("each vote for a direction has the probability of its class and whether the label came out so, bar by bar", () => {
  expect(nearly(voteOutcomes([forest(), forest()], [one, other], softmax))).toEqual([
    [0.5, true],
    [0.75, true],
    [0.75, false],
    [0.5, false],
    [0.5, false],
  ]);
});

test("where they say HOLD, for lack of a direction or of the threshold, nothing is counted", () => {
  expect(voteOutcomes([forest(true), forest(true)], [one, other], softmax)).toEqual([]);
  const sure = { ...softmax, threshold: 0.6 };
  expect(nearly(voteOutcomes([forest(), forest()], [one, other], sure))).toEqual([
    [0.75, true],
    [0.75, false],
  ]);
});

test("expected returns are no probabilities", () => {
  expect(voteOutcomes([forest()], [one], { objective: "squared-error", threshold: 0 })).toEqual([]);
});
