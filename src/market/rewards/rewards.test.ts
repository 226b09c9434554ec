import { expect, test } from "vitest";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import type { RewardPresetName } from "./rewards.ts";
import { rewardOf, rewardParts, rewardTerms } from "./rewards.ts";

/** Of a size that daily bars give. */
const deviations = {
  "log-return": 0.008,
  asymmetric: 0.01,
  "drawdown-increase": 0.005,
  "differential-sharpe": 0.7,
  "differential-downside": 0.9,
  "win-rate": 0.05,
  turnover: 0.6,
};
const preset = (term: RewardPresetName) => () => rewardOf([{ term, weight: 1 }], deviations);

// v3 and v6 hold differential ratios, see there; turnover is a ratio to prices.
rewardContract("v3", preset("v3"), { feesMayHelp: true, feelsShift: true });
rewardContract("v6", preset("v6"), { feesMayHelp: true, feelsShift: true });
rewardContract("alpha", preset("alpha"), { feelsShift: true });

test("each term goes by the name it is listed under", () => {
  for (const name of Object.keys(rewardTerms) as (keyof typeof rewardTerms)[]) {
    expect(rewardOf([{ term: name, weight: 1 }]).map(({ term }) => term.name)).toEqual([name]);
  }
});

test("weighs terms and all parts of a composite, and tells a term its settings", () => {
  const settings = [
    { term: "alpha", weight: 2, lossAversion: 4 },
    { term: "log-return", weight: 0.5 },
    { term: "drawdown-increase", weight: 3, normalise: true },
  ] as const;
  const reward = rewardOf(settings, deviations);
  expect(reward.map(({ term, weight }) => [term.name, weight])).toEqual([
    ["asymmetric", 2 / 0.01],
    ["win-rate", 0.2 / 0.05],
    ["turnover", 0.04 / 0.6],
    ["log-return", 0.5],
    ["drawdown-increase", 3 / 0.005],
  ]);
  expect(reward[0].term.value(stepFacts({ after: 50 }), new Float64Array(0), 0)).toBeCloseTo(4 * Math.log(0.5), 12);
});

test("refuses a term that is counted twice, since the log could not tell the two apart", () => {
  const twice = [
    { term: "v6", weight: 1 },
    { term: "turnover", weight: 1 },
  ] as const;
  expect(() => rewardOf(twice, deviations)).toThrow("counts turnover twice");
});

test("a term that never moved where it was measured counts for nothing, and one that was not measured is refused", () => {
  const reward = rewardOf([{ term: "v6", weight: 1 }], { ...deviations, "win-rate": 0 });
  expect(reward.find(({ term }) => term.name === "win-rate")?.weight).toBe(0);
  expect(() => rewardOf([{ term: "v6", weight: 1 }])).toThrow("a term that is normalised was measured");
  expect(() => rewardOf([{ term: "v6", weight: 1 }], { ...deviations, turnover: NaN })).toThrow("was measured");
});

test("what the documents wrote is paid as it is written: nothing of it is normalised", () => {
  for (const term of ["v3-legacy", "v6-legacy", "alpha-legacy"] as const) {
    expect(rewardParts([{ term, weight: 1 }]).some(({ normalised }) => normalised)).toBe(false);
  }
  expect(rewardOf([{ term: "v6-legacy", weight: 1 }]).map(({ weight }) => weight)).toEqual([
    0.6, 0.2, 0.1, 0.05, -0.05,
  ]);
});
