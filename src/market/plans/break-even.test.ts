import { expect, test } from "vitest";
import { alpha } from "../actions/alpha.ts";
import { planContract } from "../plan.contract.ts";
import { barsOf, steered } from "../plan.fixture.ts";
import type { PlanSettings } from "../position-plan.ts";

const plan: PlanSettings = { sizing: { kind: "lots", lots: 2 }, stopAtr: 1, breakEven: { atR: 1 } };

planContract("break-even", plan);

test("moves the stop to the entry once 1 R is won, and a fall to it then loses nothing", () => {
  const bars = barsOf([
    { body: 0, above: 0.5, below: 0.5 },
    { body: 0, above: 0.5, below: 0.5 },
    { body: 1 },
    { body: -1, below: 0.5 },
  ]);
  const lane = steered({ space: alpha, plan, bars });
  const stops: number[] = [];
  for (const word of ["BUY", "HOLD", "HOLD"]) {
    lane.say(word);
    stops.push(lane.accounts.stop[0]);
    lane.move();
  }
  expect(stops).toEqual([127, 127, 128]);
  expect(lane.accounts.ledger.units[0]).toBe(0);
  expect(lane.accounts.equity[0]).toBe(100_000);
});
