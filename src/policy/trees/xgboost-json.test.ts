/** @file XGBoost's JSON: read as recorded, written and read again, refused where it is broken; and read by XGBoost itself. */
import { describe, expect, test } from "vitest";
import { golden } from "../../../test/peers/golden.ts";
import { askXgboost } from "../../../test/peers/xgboost.ts";
import { needs } from "../../../test/requirements.ts";
import type { Forest } from "./forest.ts";
import { predictions } from "./forest.ts";
import { forestFromXgboost, forestToXgboost } from "./xgboost-json.ts";

const texts = golden.cases.map(({ objective, model }) => [objective, JSON.stringify(model)] as const);

/** Largest distance of two lists. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
}

describe("what XGBoost wrote", () => {
  test.each(golden.cases)("predicts what XGBoost predicted: $objective", ({ model, predictions: expected }) => {
    const forest = forestFromXgboost(JSON.stringify(model), "golden", golden.features);
    expect(distance(predictions(forest, golden.values), expected)).toBeLessThan(1e-6);
  });

  test.each(texts)("is the same after it was written and read again: %s", (_, text) => {
    const forest = forestFromXgboost(text, "golden");
    expect(forestFromXgboost(forestToXgboost(forest), "again")).toEqual(forest);
  });

  /** The golden softmax model, changed. */
  const changed = (change: (model: XgboostModel) => void): string => {
    const model = structuredClone(golden.cases[2].model) as XgboostModel;
    change(model);
    return JSON.stringify(model);
  };
  const baseScores = (base: string): readonly number[] =>
    forestFromXgboost(
      changed(({ learner }) => (learner.learner_model_param["base_score"] = base)),
      "model.json",
    ).baseScore;

  test("may say its base score as a text, as a vector of one or as one of each class", () => {
    expect(baseScores("5E-1")).toEqual([0.5, 0.5, 0.5]);
    expect(baseScores("[2.5E-1]")).toEqual([0.25, 0.25, 0.25]);
    expect(baseScores("[1E-1,2E-1,-3E0]")).toEqual([0.1, 0.2, -3]);
  });

  test("may hold nodes that were pruned, which nobody comes to", () => {
    const text = changed(({ learner }) => {
      const [tree] = learner.gradient_booster.model.trees;
      for (const column of Object.values(tree)) if (Array.isArray(column) && column.length > 0) column.push(-1);
    });
    const read = forestFromXgboost(text, "model.json");
    expect(distance(predictions(read, golden.values), golden.cases[2].predictions)).toBeLessThan(1e-6);
  });

  test.each([
    ["cut short", () => texts[2][1].slice(0, 2000), /model.json: it is cut short or no JSON/],
    ["of another kind of file", () => "[1, 2]", /model.json: \(all\): /],
    ["dart", () => changed((m) => (m.learner.gradient_booster.name = "dart")), /gradient_booster.name: .*gbtree/],
    ["an unknown objective", () => changed((m) => (m.learner.objective.name = "rank:ndcg")), /objective is rank:ndcg/],
    [
      "a base score that is none",
      () => changed((m) => (m.learner.learner_model_param["base_score"] = "x")),
      /base_score/,
    ],
    [
      "a base score of other classes",
      () => changed((m) => (m.learner.learner_model_param["base_score"] = "[1,2]")),
      /base_score is \[1,2\]/,
    ],
    ["several targets", () => changed((m) => (m.learner.learner_model_param["num_target"] = "2")), /2 targets/],
    [
      "another feature count",
      () => changed((m) => (m.learner.learner_model_param["num_feature"] = "5")),
      /5 features, the rows have 4/,
    ],
    [
      "categorical splits",
      () => changed((m) => (m.learner.gradient_booster.model.trees[0]["split_type"] = ones(m))),
      /tree 0 splits by categories/,
    ],
    [
      "a list too short",
      () => changed((m) => m.learner.gradient_booster.model.trees[1]["split_conditions"].pop()),
      /tree 1 has \d+ nodes and \d+ of conditions/,
    ],
    [
      "a circle",
      () => changed((m) => (m.learner.gradient_booster.model.trees[0]["left_children"][0] = 0)),
      /child is 0/,
    ],
    [
      "two parents",
      () => changed((m) => (m.learner.gradient_booster.model.trees[0]["left_children"][1] = 2)),
      /whose child is 2/,
    ],
    [
      "a feature that is not there",
      () => changed((m) => (m.learner.gradient_booster.model.trees[0]["split_indices"][0] = 9)),
      /feature 9 of 4/,
    ],
    ["a tree of no class", () => changed((m) => (m.learner.gradient_booster.model.tree_info[0] = 3)), /output 3 of 3/],
  ])("is refused by one message where it is %s", (_, text, message) => {
    expect(() => forestFromXgboost(text(), "model.json", 4)).toThrow(message);
  });

  const ones = ({ learner }: XgboostModel): number[] =>
    learner.gradient_booster.model.trees[0]["split_type"].map(() => 1);
});

test.skipIf(!needs.pythonXgboost())("what we wrote is read by XGBoost, which predicts the same", () => {
  const forests = golden.cases.map(({ model }): Forest => ({
    ...forestFromXgboost(JSON.stringify(model), "golden"),
    featureNames: ["first", "second", "third", "fourth"],
  }));
  const { features, values } = golden;
  const answers = askXgboost(
    forests.map((forest, c) => ({
      features,
      values,
      labels: Float32Array.from(golden.cases[c].labels),
      work: { model: forestToXgboost(forest) },
    })),
  );
  answers.forEach(({ predictions: theirs, model }, f) => {
    expect(distance(predictions(forests[f], values), theirs), forests[f].objective).toBeLessThan(1e-6);
    expect(forestFromXgboost(model, "what XGBoost kept of it")).toEqual(forests[f]);
  });
});

/** What the tests change of a model. */
interface XgboostModel {
  learner: {
    gradient_booster: { name: string; model: { tree_info: number[]; trees: Record<string, number[]>[] } };
    learner_model_param: Record<string, string>;
    objective: { name: string };
  };
}
