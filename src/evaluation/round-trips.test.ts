/** @file Round trips by hand: partial closes, reversals, fees, and that no money is lost on the way. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Fill } from "#domain/fill.ts";
import { orderId, signedUnits } from "#domain/order.ts";
import { roundTrips } from "./round-trips.ts";

function fill(side: "buy" | "sell", units: number, price: number, fee = 0, filledAt = 0, symbol = "X"): Fill {
  return { orderId: orderId(symbol, filledAt), symbol, side, units, price, referencePrice: price, fee, filledAt };
}

test("closes a part at the average entry price, with its share of the entry fees", () => {
  const trips = roundTrips([
    fill("buy", 10, 100, 2, 1),
    fill("buy", 10, 110, 2, 2),
    fill("sell", 5, 120, 1, 3),
    fill("sell", 15, 90, 3, 4),
  ]);
  // Entry at 105 on average with 4 of fees: 5 units carry 1 of them, 15 units carry 3.
  expect(trips).toMatchObject([
    { direction: "long", units: 5, entryPrice: 105, exitPrice: 120, profit: 5 * 15 - 1 - 1, openedAt: 1, closedAt: 3 },
    {
      direction: "long",
      units: 15,
      entryPrice: 105,
      exitPrice: 90,
      profit: 15 * -15 - 3 - 3,
      openedAt: 1,
      closedAt: 4,
    },
  ]);
  expect(trips[0].returnOnEntry).toBeCloseTo(73 / 525, 12);
});

test("splits a reversal into the close of the old and the entry of the new position", () => {
  const trips = roundTrips([fill("buy", 4, 10, 0, 1), fill("sell", 10, 12, 5, 2), fill("buy", 6, 9, 3, 3)]);
  // The fee of 5 falls on 4 units closed and 6 opened: 2 and 3.
  expect(trips).toMatchObject([
    { direction: "long", units: 4, profit: 8 - 2, openedAt: 1, closedAt: 2 },
    { direction: "short", units: 6, entryPrice: 12, exitPrice: 9, profit: 18 - 3 - 3, openedAt: 2, closedAt: 3 },
  ]);
});

test("keeps symbols apart and leaves open positions out", () => {
  expect(roundTrips([fill("buy", 1, 10, 0, 1, "A"), fill("sell", 1, 10, 0, 2, "B")])).toEqual([]);
});

test("takes what rounding leaves of a closed position as closed", () => {
  const trips = roundTrips([
    fill("buy", 0.1 + 0.2, 10),
    fill("sell", 0.3, 11),
    fill("buy", 5, 10),
    fill("sell", 5, 11),
  ]);
  expect(trips.map(({ units }) => units)).toEqual([0.3, 5]);
});

test("adds up to the cash of all fills once everything is closed", () => {
  const anyFill = fc.record({
    buy: fc.boolean(),
    units: fc.integer({ min: 1, max: 20 }),
    price: fc.integer({ min: 1, max: 200 }),
    fee: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(anyFill, { minLength: 1, maxLength: 30 }), (drawn) => {
      const fills = drawn.map(({ buy, units, price, fee }, at) => fill(buy ? "buy" : "sell", units, price, fee, at));
      const open = fills.reduce((units, one) => units + signedUnits(one), 0);
      if (open !== 0) fills.push(fill(open > 0 ? "sell" : "buy", Math.abs(open), 50, 1, 99));
      const cash = fills.reduce((sum, one) => sum - signedUnits(one) * one.price - one.fee, 0);
      expect(roundTrips(fills).reduce((sum, { profit }) => sum + profit, 0)).toBeCloseTo(cash, 6);
    }),
  );
});

// By hand: a yen gained on 100,000 units at 0.008 dollars to the yen, of an entry of 150 yen.
test("turns the profit of another currency at the rate of the exit", () => {
  const [trip] = roundTrips(
    [
      { ...fill("buy", 1, 150, 2), rate: 0.007 },
      { ...fill("sell", 1, 151, 3), rate: 0.008 },
    ],
    { X: 100_000 },
  );
  expect(trip.profit).toBeCloseTo(100_000 * 0.008 - 5, 9);
  expect(trip.returnOnEntry).toBeCloseTo(795 / (150 * 100_000 * 0.008), 12);
});

test("takes two legs beside each other for two positions, which do not close each other", () => {
  const trips = roundTrips([
    { ...fill("buy", 10, 100, 0, 1), leg: "long" },
    { ...fill("sell", 10, 104, 0, 2), leg: "short" },
    { ...fill("buy", 10, 103, 0, 3), leg: "short" },
    { ...fill("sell", 10, 107, 0, 4), leg: "long" },
  ]);
  expect(trips).toMatchObject([
    { symbol: "X", leg: "short", direction: "short", profit: 10, openedAt: 2, closedAt: 3 },
    { symbol: "X", leg: "long", direction: "long", profit: 70, openedAt: 1, closedAt: 4 },
  ]);
});
