import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { featureColumns, featureNames, featureSpec, firstWindowRow } from "#features/pipeline.ts";
import { fitScaler } from "#features/scaler.ts";
import { freeAccount } from "#market/account-rules.ts";
import { stressedMarket } from "#market/stress.ts";
import { noise20 } from "#market/stress/presets.ts";
import { createAccounts, startLane, stepLane } from "#market/world.ts";
import type { Policy } from "#policy/policy.ts";
import { backtest, noFeatures } from "./backtest.ts";
import { stressTest } from "./stress-test.ts";

const universe = randomWalk({ bars: 420, seed: 8, volatility: 0.015, instruments: 2 });
const sizing = { rebalanceBand: 0 };
const costs = { spreadBps: 3, slippageAtr: 0.02, commissionBps: 1 };
const setting = { universe, from: 150, to: 420, costs, sizing, capital: 100_000 };
const weightsAt = (t: number): number[] => [((t % 5) - 2) / 5, ((t % 7) - 3) / 8];

/** Wants other weights at every bar, whatever it sees. */
function restless(): Policy {
  let t = 0;
  return { name: "restless", act: async () => ({ weights: weightsAt(t++) }) };
}

test("the broker under stress and the training world under stress are one venue, to the bit", async () => {
  const made = stressedMarket(universe, { costs, sizing, rules: freeAccount }, noise20, 5, 151);
  const { curve, tradingCost } = await backtest(restless(), noFeatures, {
    ...setting,
    universe: made.universe,
    fills: made.fills,
  });
  const accounts = createAccounts(made.market, 1);
  startLane(made.market, accounts, 0, 150, 100_000);
  const equity = [100_000];
  for (let t = 0; t < 269; t++) equity.push(stepLane(made.market, accounts, 0, weightsAt(t), 0));
  expect([...curve.equity]).toEqual(equity);
  expect(tradingCost).toBe(accounts.ledger.tradingCost[0]);
  expect(accounts.unfilled[0], "some orders were blocked").toBeGreaterThan(0);
});

test("says what differs, and what each event cost the positions of the calm run", async () => {
  const spec = featureSpec("first-light", universe, 1);
  const scaler = fitScaler(featureColumns(spec, universe), featureNames(spec).length, firstWindowRow(spec), 150);
  const calm = await backtest(restless(), noFeatures, setting);
  const options = { calm, setting, spec, scaler, seed: 5 };
  const found = await stressTest({ ...options, policy: restless(), stress: noise20 });
  expect(found.events.length).toBeGreaterThan(40);
  expect(found.events.every(({ bar, time }) => bar > 150 && time === universe.openTime[bar])).toBe(true);
  expect(found.stressed).not.toEqual(found.calm);
  const byKind = Object.values(found.kinds);
  expect(byKind.reduce((sum, { events }) => sum + events, 0)).toBe(found.events.length);
  const cost = (some: readonly { cost: number }[]): number => some.reduce((sum, one) => sum + one.cost, 0);
  expect(cost(byKind)).toBeCloseTo(cost(found.events), 6);

  const none = await stressTest({ ...options, policy: restless(), stress: { events: {} } });
  expect(none.events).toEqual([]);
  expect(none.stressed).toEqual(none.calm);
});

test("costs the legs of a hedging account what it costs one position in their place", async () => {
  const spec = featureSpec("first-light", universe, 1);
  const scaler = fitScaler(featureColumns(spec, universe), featureNames(spec).length, firstWindowRow(spec), 150);
  const run = async (positions: "netting" | "hedging") => {
    const own = { ...setting, rules: { ...freeAccount, positions } };
    const calm = await backtest(restless(), noFeatures, own);
    return stressTest({ calm, setting: own, spec, scaler, seed: 5, policy: restless(), stress: noise20 });
  };
  const [one, two] = [await run("netting"), await run("hedging")];
  expect(two.events.map(({ bar, kind }) => [bar, kind])).toEqual(one.events.map(({ bar, kind }) => [bar, kind]));
  for (const [at, { cost }] of two.events.entries()) expect(cost).toBeCloseTo(one.events[at].cost, 4);
  expect(two.stressed.totalReturn).toBeCloseTo(one.stressed.totalReturn, 9);
});
