import { expect, test } from "vitest";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import { drawdownIncrease } from "./drawdown-increase.ts";

rewardContract("drawdown-increase", () => [{ term: drawdownIncrease, weight: 1 }]);

test("charges a fall once and never the staying below", () => {
  const equity = [100, 110, 99, 99, 104.5, 88, 120];
  let peak = 100;
  const charged = equity.slice(1).map((after, n) => {
    const peakBefore = peak;
    peak = Math.max(peak, after);
    const facts = stepFacts({ before: equity[n], after, peakBefore, peakAfter: peak });
    return 0 + drawdownIncrease.value(facts, new Float64Array(0), 0);
  });
  expect(charged).toEqual([0, expect.closeTo(-0.1, 12), 0, 0, expect.closeTo(-0.15, 12), 0]);
});
