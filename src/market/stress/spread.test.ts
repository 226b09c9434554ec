import { expect, test } from "vitest";
import { oneEvent, stressContract, traded } from "../stress.contract.ts";

stressContract("spread");

test("makes fills dearer by so many times for as long as it lasts, and prices no other", () => {
  const { market, calm } = oneEvent("spread", { severity: [3, 3], bars: [2, 2] });
  expect(market.quotes.close).toEqual(calm.quotes.close);
  for (const [t, times] of [
    [19, 1],
    [20, 3],
    [21, 3],
    [22, 1],
  ]) {
    expect(market.quotes.halfSpread[t] / calm.quotes.halfSpread[t]).toBeCloseTo(times, 12);
  }
  const [dear, usual] = [traded(market, [100]), traded(calm, [100])];
  const more = 100 * (3 - 1) * calm.quotes.halfSpread[20];
  expect(dear.ledger.tradingCost[0] - usual.ledger.tradingCost[0]).toBeCloseTo(more * 1.0001, 6);
});
