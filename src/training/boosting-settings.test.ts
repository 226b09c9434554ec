/** @file What boosted trees may be told: the label by its name, directions of features by theirs, and nothing that would not be done. */
import { expect, test } from "vitest";
import { sampleBars } from "#features/sample-bars.ts";
import { barsFrom } from "#domain/bar.ts";
import { outcomeOf } from "#features/labels/label.ts";
import type { BoostingSettings } from "./boosting-settings.ts";
import {
  boostingConfig,
  boostingSchema,
  checkRuleFilter,
  checkUsed,
  labelsOf,
  objectiveOf,
  usedOf,
} from "./boosting-settings.ts";
import { experiment } from "./experiment.ts";

const settings = (given: object = {}): BoostingSettings => boostingSchema.parse(given);
const returns = { kind: "fixed-horizon", horizonBars: 3 };

test("classes are learned of all labels but of a return, which is learned itself", () => {
  const objectives = [
    {},
    { label: returns },
    { label: { ...returns, threshold: 0.01 } },
    { label: { kind: "trend-scanning" } },
  ];
  expect(objectives.map((given) => objectiveOf(settings(given)))).toEqual([
    "softmax",
    "squared-error",
    "softmax",
    "softmax",
  ]);
  const bars = barsFrom(sampleBars(80, 1));
  const outcomes = (given: object): number[] =>
    labelsOf(bars, settings(given).label).flatMap((label) => (label === undefined ? [] : outcomeOf(label)));
  for (const given of [{}, { label: { ...returns, threshold: 0.01 } }, { label: { kind: "trend-scanning" } }]) {
    const found = outcomes(given);
    expect(found.length).toBeGreaterThan(20);
    expect(found.every((outcome) => [-1, 0, 1].includes(outcome))).toBe(true);
  }
  expect(outcomes({ label: returns })[0]).toBe(Math.log(bars.close[3] / bars.close[0]));
});

test("directions are told by the names of features", () => {
  const given = settings({ label: returns, monotone: { b: -1 } });
  expect(boostingConfig(given, ["a", "b", "c"])).toMatchObject({
    objective: "squared-error",
    classes: 1,
    monotone: [0, -1, 0],
  });
  expect(boostingConfig(settings(), ["a"])).toMatchObject({ objective: "softmax", classes: 3, monotone: [] });
});

test.each<[string, object, RegExp]>([
  [
    "a direction of no feature",
    { label: returns, monotone: { X: 1 } },
    /boosting\.monotone: X is no feature; there are a, b/,
  ],
  ["a direction of classes", { monotone: { a: 1 } }, /boosting\.monotone: classes have no direction/],
  ["a probability above 1", { threshold: 2 }, /boosting\.threshold: 2 is no probability/],
])("%s is refused", (_, given, message) => {
  expect(() => boostingConfig(settings(given), ["a", "b"])).toThrow(message);
});

test.each<[string, object, RegExp]>([
  ["a setting of another label", { label: { kind: "triple-barrier", longestBars: 3 } }, /longestBars/],
  ["a label that is none", { label: { kind: "luck" } }, /kind/],
  [
    "a longest line that is shorter than the shortest",
    { label: { kind: "trend-scanning", longestBars: 3 } },
    /below shortestBars/,
  ],
  ["a setting that is none", { depth: 3 }, /depth/],
  ["a direction that is none", { monotone: { a: 2 } }, /monotone/],
])("%s is no setting", (_, given, message) => {
  const { error } = boostingSchema.safeParse(given);
  expect(error?.message).toMatch(message);
});

test("longer bars filter the rule only where the rule is asked, and only where they are longer", () => {
  const filtered = settings({ agreeWithRule: true, ruleFilter: "4h" });
  expect(() => checkRuleFilter(filtered, "1h")).not.toThrow();
  expect(() => checkRuleFilter(settings({}), "1w")).not.toThrow();
  expect(() => checkRuleFilter(filtered, "1d")).toThrow(/bars of 4h are not longer than those of 1d/);
  expect(() => checkRuleFilter(settings({ ruleFilter: "4h" }), "1h")).toThrow(/which boosting\.agreeWithRule asks for/);
});

test("what agents that trade to learn are told is refused, and not kept", () => {
  expect(() => checkUsed({ featureSet: "alpha-10", lanes: 3 })).toThrow(/lanes: is no setting of boosted trees/);
  expect(() => checkUsed({ featureSet: "alpha-10", seed: 3 })).not.toThrow();
  const kept = usedOf(experiment({ seed: 3 }));
  expect(kept).toMatchObject({ seed: 3, featureSet: "first-light" });
  expect(Object.keys(kept)).not.toContain("agent");
  expect(experiment(JSON.parse(JSON.stringify(kept))), "reads back as the same").toMatchObject(kept);
});
