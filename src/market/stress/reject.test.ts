import { expect, test } from "vitest";
import { oneEvent, stressContract, traded } from "../stress.contract.ts";
import { advanceLane, createAccounts, restOrders, startLane } from "../world.ts";

stressContract("reject");

test("refuses new orders for a bar and leaves prices alone", () => {
  const { market, calm } = oneEvent("reject", {});
  expect(market.quotes.close).toEqual(calm.quotes.close);
  const accounts = traded(market, [10, 5]);
  expect([accounts.ledger.units[0], accounts.unfilled[0]]).toEqual([5, 1]);
});

test("does not hold a resting stop back", () => {
  const { market } = oneEvent("reject", {});
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, 18, 100_000);
  advanceLane(market, accounts, 0, [100]);
  restOrders(market, accounts, 0, 0, 119, NaN);
  advanceLane(market, accounts, 0, [100]);
  expect(accounts.ledger.units[0]).toBe(0);
});
