import fc from "fast-check";
import { expect, test } from "vitest";
import { maxOrderFraction } from "#domain/position-limit.ts";
import { defaultSizing, unitsToTrade } from "./sizing.ts";

const always = { rebalanceBand: 0 };
/** Equity 1,000 at a price of 10 in whole units, unless told otherwise. */
const trade = (weight: number, held: number, sizing = always, lotStep = 1, contractSize = 1, equity = 1000): number =>
  unitsToTrade(weight, held, equity, 10, contractSize, lotStep, sizing);

test("trades the difference to the wanted position", () => {
  expect(trade(0.5, 0)).toBe(50);
  expect(trade(0.5, 20)).toBe(30);
  expect(trade(0.5, 80)).toBe(-30);
  expect(trade(-1, 0)).toBe(-100);
});

test("turns a position over in one trade", () => {
  expect(trade(-1, 100)).toBe(-200);
  expect(trade(1, -40, defaultSizing)).toBe(140);
});

test("never asks for an order larger than one may be, but for what only closes", () => {
  // At an equity of 1,000 and a price of 10 the largest order is 250 units, less what is left to rounding.
  expect(trade(-1, 150), "just there, and a step less").toBe(-249);
  expect(trade(-1, 149)).toBe(-249);
  expect(trade(1, -180)).toBe(249);
  expect(trade(1, -180, always, 100)).toBe(200);
  expect(trade(-1, 300), "closed first").toBe(-300);
  expect(trade(1, -300.5)).toBe(300.5);
  expect(trade(0.5, 400), "only reduced").toBe(-350);
  expect(trade(0, 400)).toBe(-400);
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }),
      number,
      fc.constantFrom(0.01, 1, 7),
      (weight, of, lotStep) => {
        const held = of * 100;
        const units = trade(weight, held, always, lotStep);
        const reduces = units * held < 0 && Math.abs(units) <= Math.abs(held);
        if (!reduces) expect(Math.abs(units) * 10).toBeLessThanOrEqual(maxOrderFraction * 1000);
        // Whatever is left of a turn goes on in the same direction, and never beyond what is wanted.
        const wanted = weight * 100;
        const after = held + units;
        if (!reduces) expect(Math.abs(after - wanted)).toBeLessThanOrEqual(Math.abs(held - wanted) + lotStep);
      },
    ),
  );
});

test("counts a unit at its contract size", () => {
  expect(trade(0.5, 0, always, 0.01, 100)).toBeCloseTo(0.5, 12);
});

test("closes the whole position at a weight of zero, odd lots and small drifts included", () => {
  const held = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(held, fc.double({ min: 0, max: 1, noNaN: true }), (units, rebalanceBand) => {
      expect(units + trade(0, units, { rebalanceBand })).toBe(0);
    }),
  );
});

test("rounds the wanted position towards zero to whole lots", () => {
  expect(trade(0.999, 0)).toBe(99);
  expect(trade(-0.999, 0)).toBe(-99);
  expect(trade(0.009, 0)).toBe(0);
  expect(trade(0.009, 7), "less than one lot is none").toBe(-7);
  expect(trade(0.99, 0, always, 25)).toBe(75);
});

test("never wants a position worth more than the weight, and at most one lot less", () => {
  const positive = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }).filter((weight) => weight !== 0),
      positive(1, 1e7),
      positive(0.01, 1e5),
      fc.constantFrom(1e-6, 0.01, 1, 10),
      fc.constantFrom(0.1, 1, 100_000),
      (weight, equity, price, lotStep, contractSize) => {
        const units = unitsToTrade(weight, 0, equity, price, contractSize, lotStep, always);
        const exact = Math.abs(weight) * (equity / (price * contractSize));
        expect(Math.abs(units)).toBeLessThanOrEqual(exact * (1 + 1e-12));
        expect(Math.abs(units)).toBeGreaterThanOrEqual(exact * (1 - 1e-12) - lotStep);
        if (units !== 0) expect(Math.sign(units)).toBe(Math.sign(weight));
      },
    ),
  );
});

test("leaves changes within the band alone, and trades those beyond it whole", () => {
  expect(trade(1, 80, defaultSizing), "20 of 100 is the band itself").toBe(0);
  expect(trade(1, 79, defaultSizing)).toBe(21);
  expect(trade(1, 125, defaultSizing), "25 of 125 is the band itself").toBe(0);
  expect(trade(1, 126, defaultSizing)).toBe(-26);
  expect(trade(1, 0, defaultSizing), "an entry is never within the band").toBe(100);
});

test("asks for no number where there is none, so that the Guardian denies it", () => {
  for (const broken of [() => trade(NaN, 5), () => trade(1, NaN), () => trade(1, 0, always, 1, 1, NaN)]) {
    expect(broken()).toBeNaN();
  }
});

test("closes what is held where no equity is left, and opens nothing", () => {
  for (const equity of [0, -500]) {
    expect(trade(1, 40, always, 1, 1, equity)).toBe(-40);
    expect(trade(-1, 0, always, 1, 1, equity) + 0).toBe(0);
  }
});
