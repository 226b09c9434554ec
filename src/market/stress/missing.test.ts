import { expect, test } from "vitest";
import { oneEvent, stressContract, traded } from "../stress.contract.ts";

stressContract("missing");

test("repeats the last close for one bar, in which nothing is filled", () => {
  const { market, universe } = oneEvent("missing", {});
  const { open, high, low, close, volume } = universe.bars[0];
  expect([open[20], high[20], low[20], close[20], volume[20]]).toEqual([120, 120, 120, 120, 0]);
  expect(close[21]).toBe(122);
  expect(traded(market, [10, 5]).ledger.units[0]).toBe(5);
});
