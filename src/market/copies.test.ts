import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { freeAccount } from "./account-rules.ts";
import { endToEnd, tablesEndToEnd } from "./copies.ts";
import { indexFundCosts } from "./costs.ts";
import { stressedMarket } from "./stress.ts";
import { noise20 } from "./stress/presets.ts";
import { createAccounts, createMarket, startLane, stepLane } from "./world.ts";

const costs = { ...indexFundCosts, participation: 0.5, borrowBps: 50 };
const sizing = { rebalanceBand: 0 };
const walk = randomWalk({ bars: 80, seed: 3, volatility: 0.02, instruments: 2 });
const calm = createMarket(walk, costs, sizing);
const stressed = stressedMarket(walk, { costs, sizing, rules: freeAccount }, noise20, 2).market;

test("a lane goes through a variant as it would through that market alone, to the bit", () => {
  const joined = endToEnd([calm, stressed, calm]);
  expect(joined.bars).toBe(240);
  for (const [copy, market] of [calm, stressed, calm].entries()) {
    const [one, other] = [createAccounts(market, 1), createAccounts(joined, 1)];
    startLane(market, one, 0, 10, 100_000);
    startLane(joined, other, 0, 80 * copy + 10, 100_000);
    for (let t = 0; t < 60; t++) {
      const weights = [((t % 5) - 2) / 4, (t % 3) / 4];
      expect(stepLane(joined, other, 0, weights, 0)).toBe(stepLane(market, one, 0, weights, 0));
    }
  }
});

test("one market alone stays as it is", () => {
  expect(endToEnd([calm])).toBe(calm);
});

test("refuses markets of different lengths", () => {
  const short = createMarket(randomWalk({ bars: 79, seed: 3, volatility: 0.02, instruments: 2 }), costs, sizing);
  expect(() => endToEnd([calm, short])).toThrow("have the same bars");
});

test("tables lie end to end too", () => {
  const table = (value: number): { values: Float32Array; rows: number; columns: number } => ({
    values: Float32Array.of(value, value + 1),
    rows: 2,
    columns: 1,
  });
  expect(tablesEndToEnd([table(1), table(5)])).toEqual({ values: Float32Array.of(1, 2, 5, 6), rows: 4, columns: 1 });
});
