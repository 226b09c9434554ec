import { expect, test } from "vitest";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import { turnover } from "./turnover.ts";

rewardContract("turnover", () => [{ term: turnover, weight: 1 }], { feelsShift: true });

test("charges what was traded as a share of equity", () => {
  expect(turnover.value(stepFacts({ before: 200, traded: 50 }), new Float64Array(0), 0)).toBe(-0.25);
});
