import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Adversary } from "./adversary.ts";
import { greedyAdversary, opposition, randomAdversary } from "./adversary.ts";
import { adversaryContract } from "./adversary.contract.ts";
import { indexFundCosts } from "./costs.ts";
import { advanceLane, createAccounts, createMarket, startLane } from "./world.ts";

adversaryContract("greedy", () => greedyAdversary());
adversaryContract("random", (market) => randomAdversary(market, 0.5, 3));

/** Wants all that there is and more. */
const furious: Adversary = {
  name: "furious",
  stateWidth: 1,
  begin: (state, at) => void (state[at] = 0),
  act(_, state, at, blow) {
    state[at]++;
    blow.spread = state[at] % 2 === 0 ? 1e9 : -5;
    blow.slippage = NaN;
    blow.gap = 7;
    blow.delay = -1;
  },
};
adversaryContract("one that wants too much", () => furious);

const market = createMarket(randomWalk({ bars: 60, seed: 1, volatility: 0.01 }), indexFundCosts, { rebalanceBand: 0 });

test("the greedy one strikes where the agent trades much, and leaves small trades alone", () => {
  const against = opposition(greedyAdversary(5), { events: 100, severity: 100 }, 1);
  const accounts = { ...createAccounts(market, 1), blow: against.blow };
  startLane(market, accounts, 0, 10, 1e6);
  against.begin(0);
  const spreads = [0, 100, 10, -200, 0, 40].map((units) => {
    against.strike({ market, accounts, lane: 0, orders: [units] });
    return against.blow.spread;
  });
  expect(spreads).toEqual([1, 5, 1, 5, 1, 1]);
});

test("a spread five times as wide costs four half spreads more, and that is in the ledger", () => {
  const against = opposition(greedyAdversary(5), { events: 1, severity: 1 }, 1);
  const cost = (accounts: ReturnType<typeof createAccounts>, strike: boolean): number => {
    startLane(market, accounts, 0, 10, 1e6);
    against.begin(0);
    if (strike) against.strike({ market, accounts, lane: 0, orders: [100] });
    advanceLane(market, accounts, 0, [100]);
    return accounts.ledger.tradingCost[0];
  };
  const more =
    cost({ ...createAccounts(market, 1), blow: against.blow }, true) - cost(createAccounts(market, 1), false);
  expect(more).toBeCloseTo(100 * 4 * market.quotes.halfSpread[11] * 1.0001, 6);
});

test("a reject keeps new orders out and leaves a margin call its way", () => {
  const rejecting: Adversary = {
    name: "no",
    stateWidth: 0,
    begin() {},
    act: (_, __, ___, blow) => void (blow.reject = true),
  };
  const against = opposition(rejecting, { events: 9, severity: 9 }, 1);
  const accounts = { ...createAccounts(market, 1), blow: against.blow };
  startLane(market, accounts, 0, 10, 1e6);
  advanceLane(market, accounts, 0, [100]);
  against.strike({ market, accounts, lane: 0, orders: [50] });
  advanceLane(market, accounts, 0, [50]);
  expect(accounts.ledger.units[0]).toBe(100);
  accounts.marginCall[0] = 1;
  advanceLane(market, accounts, 0, [0]);
  expect(accounts.ledger.units[0]).toBe(0);
});

test("refuses a budget or a probability that means nothing, and names it", () => {
  expect(() => opposition(greedyAdversary(), { events: -1, severity: 1 }, 1)).toThrow("adversary.budget.events: -1");
  expect(() => opposition(greedyAdversary(), { events: 1, severity: NaN }, 1)).toThrow("adversary.budget.severity");
  expect(() => randomAdversary(market, 2, 1)).toThrow("adversary.probability: 2");
});
