import { expect, test } from "vitest";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import { asymmetric } from "./asymmetric.ts";

rewardContract("asymmetric", () => [{ term: asymmetric(), weight: 1 }]);

test("counts a loss one and a half times, or as often as it is told", () => {
  const paid = (after: number, lossAversion?: number): number =>
    asymmetric(lossAversion).value(stepFacts({ after }), new Float64Array(0), 0);
  expect(paid(110)).toBe(Math.log(1.1));
  expect(paid(90)).toBeCloseTo(1.5 * Math.log(0.9), 15);
  expect(paid(90, 3)).toBeCloseTo(3 * Math.log(0.9), 15);
});
