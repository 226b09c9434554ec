import { expect, test } from "vitest";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import { winRate } from "./win-rate.ts";

rewardContract("win-rate", () => [{ term: winRate, weight: 1 }]);

test("pays at closes only, from the fifth on, and counts what closed and nothing else", () => {
  const state = new Float64Array(winRate.stateWidth);
  const paid = (closed: number, realised: number): number =>
    winRate.value(stepFacts({ fills: 3, closed, realised }), state, 0);
  expect([paid(1, 5), paid(0, 0), paid(2, -1), paid(1, 3)]).toEqual([0, 0, 0, 0]);
  expect(paid(1, 2)).toBeCloseTo(3 / 5 - 0.5, 12);
  expect(paid(0, 0)).toBe(0);
  expect(paid(1, 0)).toBeCloseTo(3 / 6 - 0.5, 12);
});
