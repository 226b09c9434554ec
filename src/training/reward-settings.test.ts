import { expect, test } from "vitest";
import { rewardPresets, rewardTerms } from "#market/rewards/rewards.ts";
import { experiment } from "./experiment.ts";

const termsOf = (reward: unknown): unknown => experiment({ reward }).reward;

test("is the log return where nothing is named", () => {
  expect(experiment({}).reward).toEqual([{ term: "log-return", weight: 1, normalise: false }]);
});

test("takes every term and composite by its name alone", () => {
  for (const term of [...Object.keys(rewardTerms), ...Object.keys(rewardPresets)]) {
    expect(termsOf(term)).toMatchObject([{ term, weight: 1 }]);
  }
});

test("takes a list of terms with weights and settings, and fills in the defaults", () => {
  const reward = [{ term: "differential-sharpe", weight: 2, eta: 0.04, normalise: true }, { term: "turnover" }];
  expect(termsOf(reward)).toEqual([
    { term: "differential-sharpe", weight: 2, normalise: true, eta: 0.04, warmUpSteps: 20, deviationFloor: 1e-4 },
    { term: "turnover", weight: 1, normalise: false },
  ]);
});

test.each([
  ["a term that does not exist", [{ term: "hindsight" }], /reward\.0\.term/],
  ["a name that does not exist", "sharpe", /reward\.0\.term/],
  ["no term", [], /reward: names no term/],
  ["a setting of another term", [{ term: "turnover", eta: 0.1 }], /reward\.0: .*eta/],
  ["a composite, which always is, or a legacy one, which never is", [{ term: "v6", normalise: false }], /normalise/],
  ["a rate above 1", [{ term: "differential-sharpe", eta: 2 }], /reward\.0\.eta/],
  ["a term twice", [{ term: "v6" }, { term: "turnover" }], /reward: counts turnover twice/],
])("refuses %s, and names the setting", (_, reward, message) => {
  expect(() => termsOf(reward)).toThrow(message);
});
