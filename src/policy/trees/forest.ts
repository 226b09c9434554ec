/** @file Boosted trees as plain arrays, and what they say of a row of features. */
import { invariant } from "#base/invariant.ts";

/** What the sum of the trees stands for: a value, a probability's logit, or the logits of classes. */
export type ForestObjective = "squared-error" | "logistic" | "softmax";

/**
 * One binary tree; node 0 is its root. A row goes left where x < `threshold`, both in float32 as XGBoost compares them, and as
 * `defaultLeft` says where x is missing (NaN).
 */
export interface Tree {
  /** Column that a node looks at; −1 in a leaf. */
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly defaultLeft: Uint8Array;
  /** Of a leaf what it adds, of the others what a leaf in their place would have been (before the learning rate). */
  readonly value: Float32Array;
  /** Of a split: by how much it lowered twice the loss. */
  readonly gain: Float32Array;
  /** Sum of the second derivatives of the rows that come through. */
  readonly cover: Float32Array;
}

export interface Forest {
  readonly objective: ForestObjective;
  /** Columns of a row. */
  readonly features: number;
  /** Names of the columns, or none. */
  readonly featureNames: readonly string[];
  /** Numbers that the trees give of a row: classes of softmax, 1 of the others. */
  readonly outputs: number;
  /** What each output is before any tree, in the objective's own words (of logistic a probability), `[outputs]`. */
  readonly baseScore: readonly number[];
  readonly trees: readonly Tree[];
  /** Output that each tree adds to, `[trees]`. */
  readonly treeOutput: readonly number[];
}

/** Where the sum of the trees begins: logit(p) of logistic, else the base score itself. */
export function baseMargin(objective: ForestObjective, score: number): number {
  return Math.fround(objective === "logistic" ? -Math.log(1 / score - 1) : score);
}

/** Index of the leaf that a row ends in; `at` is where the row begins in `rows`. */
export function leafOf(tree: Tree, rows: Float32Array, at: number): number {
  const { feature, threshold, left, right, defaultLeft } = tree;
  let node = 0;
  while (feature[node] >= 0) {
    const x = rows[at + feature[node]];
    const goesLeft = x < threshold[node] || (x !== x && defaultLeft[node] === 1);
    node = goesLeft ? left[node] : right[node];
  }
  return node;
}

/** Sums of the trees for rows `[N × features]`: `[N × outputs]`, added in float32 from tree to tree as XGBoost does. */
export function margins(forest: Forest, rows: Float32Array): Float32Array {
  const { features, outputs, trees, treeOutput, objective, baseScore } = forest;
  const count = rows.length / features;
  invariant(Number.isInteger(count), "rows have as many numbers as the forest has features", {
    numbers: rows.length,
    features,
  });
  const base = baseScore.map((score) => baseMargin(objective, score));
  const sums = new Float32Array(count * outputs);
  for (let row = 0; row < count; row++) sums.set(base, row * outputs);
  trees.forEach((tree, t) => {
    const output = treeOutput[t];
    for (let row = 0; row < count; row++)
      sums[row * outputs + output] += tree.value[leafOf(tree, rows, row * features)];
  });
  return sums;
}

/** What the forest says of rows `[N × features]`: values, probabilities of 1, or probabilities of each class `[N × outputs]`. */
export function predictions(forest: Forest, rows: Float32Array): Float32Array {
  const sums = margins(forest, rows);
  if (forest.objective === "logistic") return sums.map((margin) => 1 / (1 + Math.exp(-margin)));
  if (forest.objective === "softmax") {
    for (let at = 0; at < sums.length; at += forest.outputs) softmax(sums.subarray(at, at + forest.outputs));
  }
  return sums;
}

/** exp(xᵢ) / Σ exp(xⱼ), in place. */
function softmax(values: Float32Array): void {
  const highest = values.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] = Math.exp(values[i] - highest);
  for (let i = 0; i < values.length; i++) values[i] /= sum;
}

/** How an importance is counted: by the loss that splits saved, by how many there are, or by how much came through them. */
export type ImportanceKind = "gain" | "weight" | "cover";

/**
 * Importance of each feature `[features]`: number of splits (`weight`), or mean gain or mean cover of a split, 0 where a feature is
 * never split by; the numbers of XGBoost's `get_score`.
 */
export function importance({ features, trees }: Forest, kind: ImportanceKind): Float64Array {
  const splits = new Float64Array(features);
  const sums = new Float64Array(features);
  for (const { feature, gain, cover } of trees) {
    feature.forEach((column, node) => {
      if (column < 0) return;
      splits[column]++;
      sums[column] += kind === "gain" ? gain[node] : cover[node];
    });
  }
  return kind === "weight" ? splits : sums.map((sum, i) => (splits[i] === 0 ? 0 : sum / splits[i]));
}
