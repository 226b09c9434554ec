import fc from "fast-check";
import { expect, test } from "vitest";
import { commission, fillPrice, freeOfCosts, indexFundCosts } from "./costs.ts";

const amount = (max: number): fc.Arbitrary<number> => fc.double({ min: 0, max, noNaN: true });
const anyCosts = fc.record({ spreadBps: amount(500), slippageAtr: amount(2), commissionBps: amount(500) });

test("pays half the spread and the slippage on each side", () => {
  const costs = { spreadBps: 10, slippageAtr: 0.05, commissionBps: 0 };
  expect(fillPrice(200, 1, 4, costs)).toBeCloseTo(200 + 0.1 + 0.2, 12);
  expect(fillPrice(200, -1, 4, costs)).toBeCloseTo(200 - 0.1 - 0.2, 12);
});

test("takes commission on the traded value, whatever the direction", () => {
  const costs = { ...freeOfCosts, commissionBps: 2 };
  expect(commission(30, 10, 100, costs)).toBeCloseTo(6, 12);
  expect(commission(-30, 10, 100, costs)).toBeCloseTo(6, 12);
});

test("is always against us", () => {
  fc.assert(
    fc.property(
      amount(1e6),
      amount(1e4),
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      anyCosts,
      (open, atr, units, costs) => {
        expect(fillPrice(open, 1, atr, costs)).toBeGreaterThanOrEqual(open);
        expect(fillPrice(open, -1, atr, costs)).toBeLessThanOrEqual(open);
        expect(commission(units, open, 1, costs)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

test("takes nothing when free, and something at a retail broker", () => {
  expect(fillPrice(123.45, 1, 6, freeOfCosts)).toBe(123.45);
  expect(commission(10, 123.45, 1, freeOfCosts)).toBe(0);
  expect(fillPrice(100, 1, 1, indexFundCosts)).toBeCloseTo(100.015, 12);
  expect(commission(10, 100, 1, indexFundCosts)).toBeCloseTo(0.1, 12);
});
