import { expect, test } from "vitest";
import { freeAccount } from "../account-rules.ts";
import { steadyRise, stressContract } from "../stress.contract.ts";
import { stressedMarket } from "../stress.ts";

stressContract("thin-volume");

test("takes a share of the volume away, and of what may be traded of it", () => {
  const costs = { spreadBps: 0, slippageAtr: 0, commissionBps: 0, participation: 0.1 };
  const settings = { events: { "thin-volume": { probability: 1, severity: [0.4, 0.4], bars: [2, 2] } } } as const;
  const venue = { costs, sizing: { rebalanceBand: 0 }, rules: freeAccount };
  const once = { ...settings, budget: { windowBars: 100, events: 1 } };
  const { universe, market } = stressedMarket(steadyRise(), venue, once, 1, 20);
  expect([...universe.bars[0].volume.subarray(19, 23)]).toEqual([1000, 600, 600, 1000]);
  expect([...market.quotes.capacity!.subarray(19, 23)]).toEqual([100, 60, 60, 100]);
});
