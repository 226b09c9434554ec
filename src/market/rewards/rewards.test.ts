import { expect, test } from "vitest";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import type { RewardPresetName } from "./rewards.ts";
import { rewardOf, rewardTerms } from "./rewards.ts";

const preset = (term: RewardPresetName) => () => rewardOf([{ term, weight: 1 }]);

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
  const reward = rewardOf([
    { term: "alpha", weight: 2, lossAversion: 4 },
    { term: "log-return", weight: 0.5 },
  ]);
  expect(reward.map(({ term, weight }) => [term.name, weight])).toEqual([
    ["asymmetric", 200],
    ["win-rate", 0.2],
    ["turnover", 0.04],
    ["log-return", 0.5],
  ]);
  expect(reward[0].term.value(stepFacts({ after: 50 }), new Float64Array(0), 0)).toBeCloseTo(4 * Math.log(0.5), 12);
});

test("refuses a term that is counted twice, since the log could not tell the two apart", () => {
  const twice = [
    { term: "v6", weight: 1 },
    { term: "turnover", weight: 1 },
  ] as const;
  expect(() => rewardOf(twice)).toThrow("counts turnover twice");
});
