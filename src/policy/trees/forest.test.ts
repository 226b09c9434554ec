/** @file What trees say: by hand, where values are missing or lie on a threshold, and which features matter. */
import { expect, test } from "vitest";
import type { Forest } from "./forest.ts";
import { importance, leafOf, margins, predictions } from "./forest.ts";

/** x₀ < 1 → (x₁ < 2, missing left → 10 or 20), else 30; and a stump on x₀ < 0.1, missing right. */
function forest(objective: Forest["objective"], treeOutput: readonly number[] = [0, 0]): Forest {
  return {
    objective,
    features: 2,
    featureNames: [],
    outputs: Math.max(...treeOutput) + 1,
    baseScore: treeOutput.map(() => 0.5).slice(0, Math.max(...treeOutput) + 1),
    trees: [
      {
        feature: Int32Array.of(0, 1, -1, -1, -1),
        threshold: Float32Array.of(1, 2, 0, 0, 0),
        left: Int32Array.of(1, 3, -1, -1, -1),
        right: Int32Array.of(2, 4, -1, -1, -1),
        defaultLeft: Uint8Array.of(0, 1, 0, 0, 0),
        value: Float32Array.of(0, 0, 30, 10, 20),
        gain: Float32Array.of(8, 2, 0, 0, 0),
        cover: Float32Array.of(5, 3, 2, 1, 2),
      },
      {
        feature: Int32Array.of(0, -1, -1),
        threshold: Float32Array.of(0.1, 0, 0),
        left: Int32Array.of(1, -1, -1),
        right: Int32Array.of(2, -1, -1),
        defaultLeft: Uint8Array.of(0, 0, 0),
        value: Float32Array.of(0, 1, 2),
        gain: Float32Array.of(4, 0, 0),
        cover: Float32Array.of(7, 3, 4),
      },
    ],
    treeOutput,
  };
}

test("a row goes left below a threshold, right at it, and by default where its value is missing", () => {
  const [tree] = forest("squared-error").trees;
  const leaf = (...row: number[]): number => leafOf(tree, Float32Array.from(row), 0);
  expect([leaf(0, 1), leaf(0, 2), leaf(1, 0), leaf(NaN, 0), leaf(0, NaN)]).toEqual([3, 4, 2, 2, 3]);
});

test("thresholds are compared in float32, as XGBoost does", () => {
  const stump = forest("squared-error").trees[1];
  // As doubles 0.1 < fround(0.1); as float32 they are equal, and what is equal goes right.
  expect(leafOf(stump, Float32Array.of(0.1, 0), 0)).toBe(2);
  expect(leafOf(stump, Float32Array.of(0.09999999, 0), 0)).toBe(1);
});

test("margins are the base and the trees' leaves, each at its output", () => {
  const rows = Float32Array.of(0, 1, 5, 5);
  expect([...margins(forest("squared-error"), rows)]).toEqual([11.5, 32.5]);
  expect([...margins(forest("softmax", [0, 1]), rows)]).toEqual([10.5, 1.5, 30.5, 2.5]);
});

test("predictions are values, probabilities of 1 or probabilities of classes", () => {
  const row = Float32Array.of(0, 1);
  expect([...predictions(forest("squared-error"), row)]).toEqual([11.5]);
  // logit(0.5) = 0, so the margin is 10 + 1.
  expect(predictions(forest("logistic"), row)[0]).toBeCloseTo(1 / (1 + Math.exp(-11)), 7);
  const [first, second] = predictions(forest("softmax", [0, 1]), row);
  expect(first).toBeCloseTo(1 / (1 + Math.exp(-9)), 6);
  expect(first + second).toBeCloseTo(1, 6);
});

test("importance counts splits, their mean gain and their mean cover", () => {
  const one = forest("squared-error");
  expect([...importance(one, "weight")]).toEqual([2, 1]);
  expect([...importance(one, "gain")]).toEqual([6, 2]);
  expect([...importance(one, "cover")]).toEqual([6, 3]);
});

test("rows that do not have the forest's features are refused", () => {
  expect(() => margins(forest("squared-error"), Float32Array.of(1, 2, 3))).toThrow(/rows have as many numbers/);
});
