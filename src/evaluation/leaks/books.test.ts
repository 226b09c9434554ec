import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Instrument } from "#domain/instrument.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { Costs } from "#market/costs.ts";
import { indexFundCosts } from "#market/costs.ts";
import { backtest, noFeatures } from "../backtest.ts";
import { booksOf } from "./books.ts";
import { chasing } from "./planted.ts";

const walk = randomWalk({ bars: 260, seed: 8, volatility: 0.02, instruments: 2, startPrice: 1.2 });
const market = (instruments: readonly Instrument[]): Universe =>
  universe(
    "books",
    "1d",
    instruments.map((each, i) => ({ instrument: each, bars: walk.bars[i] })),
  );
const dollars = market([instrument("A"), instrument("B", { contractSize: 100 })]);
const pair = { assetClass: "currency", contractSize: 100_000, lotStep: 0.01, pipSize: 0.0001 } as const;
const [day] = new Date(walk.openTime[150]).toISOString().split("T");

test.each<[string, Universe, Partial<Costs>, Partial<AccountRules>]>([
  ["spread, slippage and commission", dollars, {}, {}],
  ["borrowing", dollars, { borrowBps: 300 }, {}],
  ["funding that is received", dollars, { fundingBps: -2 }, {}],
  ["two legs of each instrument", dollars, {}, { positions: "hedging" }],
  [
    "splits and dividends",
    { ...dollars, actions: [{ symbol: "A", date: day, split: 4, dividend: 0.01 }] },
    { borrowBps: 100 },
    {},
  ],
  [
    "swaps, and gains in another currency",
    market([instrument("EURUSD", pair), instrument("USDCHF", { ...pair, currency: "CHF" })]),
    { swapLongPips: 0.4, swapShortPips: -0.2 },
    { currency: "USD" },
  ],
])("agree with the ledger at every close, with %s", async (_, of, costs, rules) => {
  const setting = {
    universe: of,
    from: 20,
    to: 260,
    costs: { ...indexFundCosts, ...costs },
    rules: { ...freeAccount, ...rules },
    sizing: { rebalanceBand: 0.05 },
    capital: 1_000_000,
  };
  const run = await backtest(chasing(), noFeatures, setting);
  expect(run.fills.length).toBeGreaterThan(200);
  const { equity, cost } = booksOf(run, setting);
  for (const [n, value] of run.curve.equity.entries()) expect(equity[n] / value).toBeCloseTo(1, 10);
  expect(cost.reduce((sum, value) => sum + value, 0)).toBeCloseTo(run.tradingCost, 4);
});
