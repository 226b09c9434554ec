import { expect, test } from "vitest";
import { oneEvent, stressContract } from "../stress.contract.ts";
import { advanceLane, createAccounts, restOrders, startLane } from "../world.ts";

stressContract("flash-crash");

test("takes the low down and leaves the close", () => {
  const { universe } = oneEvent("flash-crash", { severity: [5, 5] });
  const { open, high, low, close } = universe.bars[0];
  expect([open[20], high[20], close[20]]).toEqual([120, 122.5, 121]);
  expect(low[20]).toBeCloseTo(120 * Math.exp(-20 / 120), 9);
});

test("sells out who rests a stop within its reach", () => {
  const units = (market: ReturnType<typeof oneEvent>["market"]): number => {
    const accounts = createAccounts(market, 1);
    startLane(market, accounts, 0, 18, 100_000);
    advanceLane(market, accounts, 0, [100]);
    restOrders(market, accounts, 0, 0, 112, NaN);
    advanceLane(market, accounts, 0, [0]);
    return accounts.ledger.units[0];
  };
  const { market, calm } = oneEvent("flash-crash", { severity: [5, 5] });
  expect([units(calm), units(market)]).toEqual([100, 0]);
});
