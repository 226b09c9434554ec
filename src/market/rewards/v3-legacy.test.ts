import { expect, test } from "vitest";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import { v3Legacy } from "./v3-legacy.ts";

rewardContract("v3-legacy", () => v3Legacy, { paysFlat: true, feesMayHelp: true });

test("charges more than a usual return at every step of a drawdown of 10.1 %, the steps that earn it back included", () => {
  const facts = stepFacts({ before: 89.8, after: 89.9 });
  const [gain, drawdown] = v3Legacy.map(({ term }) => term.value(facts, new Float64Array(term.stateWidth), 0));
  expect(gain).toBeCloseTo(0.11, 2);
  expect(drawdown).toBeCloseTo(-1.01, 2);
});

test("pays half a point for a return just above 2 %", () => {
  const bonus = v3Legacy[4].term;
  const paid = (after: number): number => bonus.value(stepFacts({ after, peakAfter: 103 }), new Float64Array(0), 0);
  expect([paid(101.99), paid(102.01)]).toEqual([0, 0.5]);
});
