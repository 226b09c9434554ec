import * as fc from "fast-check";
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { actingContract } from "../acting.contract.ts";
import type { Acting } from "../acting.ts";
import { freeOfCosts } from "../costs.ts";
import { createAccounts, createMarket, startLane } from "../world.ts";
import { longShortActing, longWeightsActing } from "./weights.ts";

actingContract("long-only weights", ({ length }) => longWeightsActing(length));
actingContract("long and short weights", ({ length }) => longShortActing(length));

const walk = randomWalk({ bars: 40, seed: 5, volatility: 0.02, instruments: 3 });
const market = createMarket(walk, freeOfCosts, { rebalanceBand: 0 });
const capital = 100_000;

/** Weights that an action asks for, read from the orders of a flat account. */
function weights(acting: Acting, actions: readonly number[]): number[] {
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, 20, capital);
  const orders = new Float64Array(3);
  acting.act({ market, accounts, lane: 0, state: new Float64Array(0), stateAt: 0 }, actions, 0, orders);
  return Array.from(orders, (units, i) => (units * walk.bars[i].close[20]) / capital);
}

const scores = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length });

test("long-only weights are a softmax with cash: equal scores are equal shares", () => {
  for (const weight of weights(longWeightsActing(3), [0.4, 0.4, 0.4, 0.4])) expect(weight).toBeCloseTo(0.25, 4);
  // e^3 : e^0 : e^0 : e^-3 for cash.
  const total = Math.exp(3) + 2 + Math.exp(-3);
  const [first, second] = weights(longWeightsActing(3), [1, 0, 0, -1]);
  expect(first).toBeCloseTo(Math.exp(3) / total, 4);
  expect(second).toBeCloseTo(1 / total, 4);
});

test("long-only weights are never negative and never more than everything", () => {
  fc.assert(
    fc.property(scores(4), (actions) => {
      const wanted = weights(longWeightsActing(3), actions);
      expect(Math.min(...wanted)).toBeGreaterThanOrEqual(0);
      expect(wanted.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(1);
    }),
  );
});

test("long and short weights are what was asked for, scaled down where they are more than everything", () => {
  expect(weights(longShortActing(3), [0.5, -0.25, 0]).map((weight) => Math.round(weight * 1000) / 1000 + 0)).toEqual([
    0.5, -0.25, 0,
  ]);
  fc.assert(
    fc.property(scores(3), (actions) => {
      const wanted = weights(longShortActing(3), actions);
      const gross = wanted.reduce((sum, weight) => sum + Math.abs(weight), 0);
      expect(gross).toBeLessThanOrEqual(1 + 1e-9);
      wanted.forEach((weight, i) => expect(weight * actions[i]).toBeGreaterThanOrEqual(0));
    }),
  );
});
