import { expect, test } from "vitest";
import { oneEvent, stressContract, traded } from "../stress.contract.ts";

stressContract("latency");

test("fills a purchase on the way to the high and a sale on the way to the low, which counts as trading cost", () => {
  const { market, calm } = oneEvent("latency", { severity: [0.5, 0.5], bars: [1, 1] });
  const paid = (units: number): number =>
    traded(market, [units]).ledger.tradingCost[0] - traded(calm, [units]).ledger.tradingCost[0];
  // Half of the way from 120 to 122.5 and to 118.5, and the commission of 1 bp on it.
  expect(paid(100)).toBeCloseTo(100 * 1.25 * 1.0001, 6);
  expect(paid(-100)).toBeCloseTo(100 * 0.75 * 0.9999, 6);
});
