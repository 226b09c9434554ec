/** @file What every action space must satisfy; called from each one's test. */
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { envContract } from "#env/env.contract.ts";
import type { ActionSpace } from "#env/space.ts";
import { actionWidth, logitWidth } from "#env/space.ts";
import type { AccountRules } from "./account-rules.ts";
import { freeAccount } from "./account-rules.ts";
import type { Acting, Moment } from "./acting.ts";
import type { Costs } from "./costs.ts";
import { randomPrices } from "./plan.fixture.ts";
import { defaultSizing } from "./sizing.ts";
import { tradingEnv } from "./trading-env.ts";
import type { Market } from "./world.ts";
import { accountColumns, advanceLane, createAccounts, createMarket, startLane } from "./world.ts";

type Create = (instruments: readonly Instrument[], rules: AccountRules) => Acting;

const capital = 100_000;
const costs: Costs = { spreadBps: 2, slippageAtr: 0.1, slippageRange: 0.5, commissionBps: 1, borrowBps: 100 };
const walk = randomPrices(5, 200, 0.02);
const margin: AccountRules = { ...freeAccount, leverage: 2, maintenance: 0.25, minHoldingBars: 2, maxTradesPerDay: 3 };

/** A choice among what is legal, for each head; or real numbers within the bounds. */
function choose(space: ActionSpace, legal: Uint8Array, draw: () => number): number[] {
  if (space.kind === "box") return space.low.map((low, axis) => low + draw() * (space.high[axis] - low));
  let from = 0;
  return space.sizes.map((size) => {
    const choices = Array.from({ length: size }, (_, choice) => choice).filter((choice) => legal[from + choice] === 1);
    from += size;
    return choices[Math.floor(draw() * choices.length)];
  });
}

/** Orders, account and what is seen after each bar of one lane that acts at random. */
function play(create: Create, prices: Universe, rules: AccountRules, seed: number, bars = 150): number[][] {
  const market = createMarket(prices, costs, defaultSizing, rules);
  const acting = create(prices.instruments, rules);
  const accounts = createAccounts(market, 1);
  const moment: Moment = { market, accounts, lane: 0, state: new Float64Array(acting.stateWidth), stateAt: 0 };
  const rng = createRng(seed);
  const orders = new Float64Array(market.positions);
  const legal = new Uint8Array(acting.space.kind === "discrete" ? logitWidth(acting.space) : 0).fill(1);
  const observed = new Float32Array(acting.observed.length);
  startLane(market, accounts, 0, 20, capital);
  acting.begin(moment.state, 0);
  return Array.from({ length: bars }, () => {
    if (acting.masked) acting.legal(moment, legal, 0);
    acting.observe(moment, observed, 0);
    acting.act(
      moment,
      choose(acting.space, legal, () => rng.uniform()),
      0,
      orders,
    );
    const all = [...orders, ...observed, ...legal];
    advanceLane(market, accounts, 0, orders);
    return [...all, ...Object.values(accountColumns(accounts)).flatMap((column) => [...column])];
  });
}

/** Registers the tests of the contract. */
export function actingContract(name: string, create: Create): void {
  envContract(
    `the trading env of ${name}`,
    (lanes) =>
      tradingEnv({
        market: createMarket(walk, costs, defaultSizing),
        table: { values: new Float32Array(200), rows: 200, columns: 1 },
        lookbackBars: 1,
        acting: create(walk.instruments, freeAccount),
        lanes,
        from: 10,
        to: 190,
        episodeBars: 20,
        capital,
        ruinFraction: 0.3,
      }),
    { isStart: (observation) => observation.slice(1).every((value) => value === 0), episodeSteps: 25 },
  );

  describe(`${name} keeps the contract of an action space`, () => {
    test("trades, and keeps the books under any rules of a netting account", () => {
      for (const rules of [freeAccount, margin, { ...freeAccount, leverage: 1, shorts: false }]) {
        const market: Market = createMarket(walk, costs, defaultSizing, rules);
        const steps = play(create, walk, rules, 3);
        const traded = steps.flatMap((step) => step.slice(0, market.positions)).filter((units) => units !== 0);
        expect(traded.length).toBeGreaterThan(20);
        expect(traded.every(Number.isFinite)).toBe(true);
      }
    });

    test("does the same up to a bar whatever comes after it", () => {
      const later = randomPrices(77, 200, 0.05);
      const bars = walk.bars.map((series, i) => {
        const copy = { ...series };
        for (const column of ["open", "high", "low", "close", "volume"] as const) {
          copy[column] = series[column].slice();
          copy[column].set(later.bars[i][column].subarray(120), 120);
        }
        return copy;
      });
      expect(play(create, { ...walk, bars }, freeAccount, 4, 99)).toEqual(play(create, walk, freeAccount, 4, 99));
    });

    test("keeps to its own state, and to its own numbers of what it writes", () => {
      const market = createMarket(walk, costs, defaultSizing);
      const acting = create(walk.instruments, freeAccount);
      const { stateWidth, space, observed, masked } = acting;
      const accounts = createAccounts(market, 2);
      const state = new Float64Array(3 * stateWidth).fill(7);
      const moment: Moment = { market, accounts, lane: 1, state, stateAt: stateWidth };
      const logits = space.kind === "discrete" ? logitWidth(space) : 0;
      const legal = new Uint8Array(logits + 2).fill(9);
      const seen = new Float32Array(observed.length + 2).fill(9);
      const orders = new Float64Array(market.positions + 1).fill(9);
      const rng = createRng(8);
      startLane(market, accounts, 1, 20, capital);
      acting.begin(state, stateWidth);
      for (let step = 0; step < 50; step++) {
        if (masked) acting.legal(moment, legal, 1);
        else legal.fill(1, 1, logits + 1);
        acting.observe(moment, seen, 1);
        const actions = [NaN, ...choose(space, legal.slice(1), () => rng.uniform())];
        expect(actions.length).toBe(1 + actionWidth(space));
        acting.act(moment, actions, 1, orders);
        advanceLane(market, accounts, 1, orders);
      }
      expect([legal[0], legal.at(-1), seen[0], seen.at(-1), orders.at(-1)]).toEqual([9, 9, 9, 9, 9]);
      expect(state.subarray(0, stateWidth).every((value) => value === 7)).toBe(true);
      expect(state.subarray(2 * stateWidth).every((value) => value === 7)).toBe(true);
      expect(accounts.ledger.units.subarray(0, market.positions).every((units) => units === 0)).toBe(true);
    });
  });
}
