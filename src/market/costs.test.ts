import fc from "fast-check";
import { expect, test } from "vitest";
import { commission, fillPrice, freeOfCosts, indexFundCosts } from "./costs.ts";

const amount = (max: number): fc.Arbitrary<number> => fc.double({ min: 0, max, noNaN: true });
const anyCosts = fc.record({ spreadBps: amount(500), slippageAtr: amount(2), commissionBps: amount(500) });

test("pays half the spread and the slippage on each side", () => {
  expect(fillPrice(200, 1, 0.1, 0.2)).toBeCloseTo(200 + 0.1 + 0.2, 12);
  expect(fillPrice(200, -1, 0.1, 0.2)).toBeCloseTo(200 - 0.1 - 0.2, 12);
});

test("takes commission on the traded value, whatever the direction", () => {
  const costs = { ...freeOfCosts, commissionBps: 2 };
  expect(commission(30, 10, 100, costs)).toBeCloseTo(6, 12);
  expect(commission(-30, 10, 100, costs)).toBeCloseTo(6, 12);
});

test("takes a commission by unit, a minimum, and another rate of orders that rest in the book", () => {
  const costs = { ...freeOfCosts, commissionBps: 10, makerBps: 2, commissionPerUnit: 0.5, commissionMinimum: 3 };
  expect(commission(10, 100, 1, costs)).toBeCloseTo(1 + 5, 12);
  expect(commission(-10, 100, 1, costs, true)).toBeCloseTo(0.2 + 5, 12);
  expect(commission(2, 100, 1, costs)).toBe(3);
  expect(commission(100, 100, 1, { ...freeOfCosts, makerBps: -1 }, true), "a rebate").toBeCloseTo(-1, 12);
});

test("is always against us", () => {
  fc.assert(
    fc.property(
      amount(1e6),
      amount(1e3),
      amount(1e3),
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      anyCosts,
      (open, halfSpread, slippage, units, costs) => {
        expect(fillPrice(open, 1, halfSpread, slippage)).toBeGreaterThanOrEqual(open);
        expect(fillPrice(open, -1, halfSpread, slippage)).toBeLessThanOrEqual(open);
        expect(commission(units, open, 1, costs)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

test("takes nothing when free, and something at a retail broker", () => {
  expect(fillPrice(123.45, 1, 0, 0)).toBe(123.45);
  expect(commission(10, 123.45, 1, freeOfCosts)).toBe(0);
  expect(commission(10, 100, 1, indexFundCosts)).toBeCloseTo(0.1, 12);
});
