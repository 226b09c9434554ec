import { expect, test } from "vitest";
import { alpha } from "../actions/alpha.ts";
import { freeOfCosts } from "../costs.ts";
import { planContract } from "../plan.contract.ts";
import { barsOf, steered } from "../plan.fixture.ts";
import type { PlanSettings } from "../position-plan.ts";

const plan: PlanSettings = { sizing: { kind: "lots", lots: 2 }, stopAtr: 2, giveBack: { limitR: 0.5 } };

planContract("a give-back limit", plan);

/** Orders of BUY and then HOLD over closes that move so; R is 2. */
function orders(changes: readonly number[], spreadBps = 0): number[] {
  const bars = barsOf(
    changes.map((body) => ({ body, above: (1 - Math.abs(body)) / 2, below: (1 - Math.abs(body)) / 2 })),
  );
  const lane = steered({ space: alpha, plan, bars, costs: { ...freeOfCosts, spreadBps } });
  return changes.slice(1).map((_, t) => {
    const [order] = lane.say(t === 0 ? "BUY" : "HOLD");
    lane.move();
    return order;
  });
}

test("closes a position that has given back more than half an R of its best close", () => {
  expect(orders([0, 0, 1, 0.5, -1, -0.25, 0])).toEqual([2, 0, 0, 0, 0, -2]);
});

test("leaves a position alone that has not won as much as may be given back", () => {
  expect(orders([0, 0, 0.5, -1, -0.25, 0])).toEqual([2, 0, 0, 0, 0]);
});

test("never takes the spread for a loss of profit: two spreads are the least", () => {
  // 100 bps of 128 are 1.28: two of them are more than what is given back here.
  expect(orders([0, 0, 1, 1, 1, -1, -0.25, 0], 100)).toEqual([2, 0, 0, 0, 0, 0, 0]);
});
