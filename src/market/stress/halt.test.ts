import { expect, test } from "vitest";
import { oneEvent, stressContract, traded } from "../stress.contract.ts";
import { advanceLane, createAccounts, restOrders, startLane } from "../world.ts";

stressContract("halt");

test("stands still and fills nothing for as long as it lasts, then opens where the market is", () => {
  const { market, universe } = oneEvent("halt", { bars: [3, 3] });
  const { open, close, volume } = universe.bars[0];
  for (const t of [20, 21, 22]) expect([open[t], close[t], volume[t]]).toEqual([120, 120, 0]);
  expect([open[23], close[23], volume[23]]).toEqual([123, 124, 1000]);
  const accounts = traded(market, [10, 10, 10]);
  expect([accounts.ledger.units[0], accounts.unfilled[0], accounts.equity[0]]).toEqual([0, 3, 100_000]);
  expect(traded(market, [10, 10, 10, 10]).ledger.units[0]).toBe(10);
});

test("fills no stop, and no margin call is met, before it is over", () => {
  const { market } = oneEvent("halt", { bars: [1, 1] });
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, 18, 100_000);
  advanceLane(market, accounts, 0, [100]);
  restOrders(market, accounts, 0, 0, 150, NaN);
  accounts.marginCall[0] = 1;
  advanceLane(market, accounts, 0, [0]);
  expect(accounts.ledger.units[0]).toBe(100);
  advanceLane(market, accounts, 0, [0]);
  expect(accounts.ledger.units[0]).toBe(0);
});
