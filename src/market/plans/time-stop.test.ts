import { expect, test } from "vitest";
import { alpha } from "../actions/alpha.ts";
import { planContract } from "../plan.contract.ts";
import { barsOf, steered } from "../plan.fixture.ts";
import type { PlanSettings } from "../position-plan.ts";

const plan: PlanSettings = { sizing: { kind: "lots", lots: 2 }, timeStop: { bars: 3 } };

planContract("a time stop", plan);

test("closes at the close of the third bar after the entry's, for the next open", () => {
  const lane = steered({ space: alpha, plan, bars: barsOf([0, 1, 2, 3, 4, 5, 6].map(() => ({ body: 0 }))) });
  const orders = ["BUY", "HOLD", "HOLD", "HOLD", "HOLD", "HOLD"].map((word) => {
    const [order] = lane.say(word);
    lane.move();
    return order;
  });
  expect(orders).toEqual([2, 0, 0, 0, -2, 0]);
});
