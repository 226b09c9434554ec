import { expect, test } from "vitest";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import type { StepFacts } from "../reward.ts";
import { alphaLegacy } from "./alpha-legacy.ts";

// It sees realised gains before fees. On the daily bars of the contract its bonus cannot be paid again; below it is.
rewardContract("alpha-legacy", () => alphaLegacy, { feesMayHelp: true });

const [profit, consistency, overtrading] = alphaLegacy.map(({ term }) => {
  const state = new Float64Array(term.stateWidth);
  return (step: Partial<StepFacts>): number => term.value(stepFacts({ day: 4, ...step }), state, 0);
});

test("charges nothing for a loss that is held", () => {
  expect(profit({ after: 60 })).toBe(0);
  expect(profit({ realised: -2, closed: 1 })).toBe(-3);
  expect(profit({ realised: 2, closed: 1 })).toBe(2);
});

test("pays one gain again at every step of the day, on losing steps too", () => {
  expect(consistency({ closed: 1, realised: 1 })).toBe(0.05);
  expect([consistency({}), consistency({ after: 50 })]).toEqual([0.05, 0.05]);
  expect(consistency({ day: 5 })).toBe(0);
});

test("charges the trades beyond the tenth at every step", () => {
  for (let n = 0; n < 12; n++) overtrading({ closed: 1, realised: -1 });
  expect([overtrading({}), overtrading({})]).toEqual([-0.04, -0.04]);
});
