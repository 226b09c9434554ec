/** @file Splits and dividends in the simulated market: positions, what rests at them, and what came before in prices. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Bars } from "#domain/bar.ts";
import { barsFrom } from "#domain/bar.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import { instrument } from "#domain/instrument.ts";
import { universe } from "#domain/universe.ts";
import type { AccountRules } from "./account-rules.ts";
import { freeAccount } from "./account-rules.ts";
import type { Costs } from "./costs.ts";
import { freeOfCosts } from "./costs.ts";
import type { Prices } from "./market.fixture.ts";
import { played, smallUniverse } from "./market.fixture.ts";
import { createAccounts, createMarket, restOrders, startLane, stepLane } from "./world.ts";

/** Daily bars from 2023-03-01 with actions on their days, `costs` and `rules` beside nothing. */
function raw(
  prices: readonly Prices[],
  actions: readonly Omit<CorporateAction, "symbol">[],
  costs: Partial<Costs> = {},
  rules: Partial<AccountRules> = {},
) {
  const whole = {
    ...smallUniverse({ bars: [prices] }),
    actions: actions.map((action) => ({ symbol: "A", ...action })),
  };
  return createMarket(whole, { ...freeOfCosts, ...costs }, { rebalanceBand: 0 }, { ...freeAccount, ...rules });
}

const fourForOne = [{ date: "2023-03-03", split: 4 }];

// By hand: 10 at 400 are 40 at 100; the stop of 380 is one of 95, the target of 500 one of 125.
test("a split of four for one makes four units of each, at a quarter of the price, stop and target with them", () => {
  const market = raw([400, 400, [100, 100, 96, 100], 100], fourForOne);
  const { accounts, equity } = played(market, [[10], [0]], 10_000, (lane, step) => {
    if (step === 1) restOrders(market, lane, 0, 0, 380, 500);
  });
  expect(accounts.ledger.units[0]).toBe(40);
  expect(accounts.ledger.cost[0] / 40, "price at entry").toBe(100);
  expect([accounts.stop[0], accounts.target[0]]).toEqual([95, 125]);
  expect(equity).toEqual([10_000, 10_000, 10_000]);
});

test("a stop is reached at its level after the split", () => {
  const market = raw([400, 400, [100, 100, 94, 100], 100], fourForOne);
  const { accounts, equity } = played(market, [[10], [0]], 10_000, (lane, step) => {
    if (step === 1) restOrders(market, lane, 0, 0, 380, NaN);
  });
  expect(accounts.fillPrice[0]).toBe(95);
  expect(equity[2]).toBe(10_000 - 40 * 5);
});

test("an order of the evening before counts the units of that evening", () => {
  const market = raw([400, 400, 100, 100], fourForOne);
  const { accounts, traded } = played(market, [[10], [-10]], 10_000);
  expect(traded[1]).toEqual([-40]);
  expect(accounts.ledger.units[0]).toBe(0);
});

// By hand: 2 dollars on each of 10 units.
test("a dividend is credited to who is long over its day, and debited from who is short", () => {
  const market = raw([100, 100, 98, 98], [{ date: "2023-03-03", dividend: 2 }]);
  expect(played(market, [[10], [0], [0]], 10_000).equity).toEqual([10_000, 10_000, 10_000, 10_000]);
  expect(played(market, [[10], [0]], 10_000).accounts.ledger.cash[0]).toBe(10_000 - 1000 + 20);
  expect(played(market, [[-10], [0]], 10_000).accounts.ledger.cash[0]).toBe(10_000 + 1000 - 20);
  expect(played(market, [[0], [10]], 10_000).accounts.ledger.cash[0], "bought at that open").toBe(10_000 - 980);
  expect(played(market, [[10], [-10]], 10_000).accounts.ledger.cash[0], "sold at that open").toBe(
    10_000 - 1000 + 20 + 980,
  );
});

test("a split is no move of the price: slippage and impact are those of an unsplit price", () => {
  const costs = { slippageAtr: 0.1, impact: 0.5, participation: 0.1, borrowBps: 100 };
  const rng = createRng(3, "prices");
  const rows = Array.from({ length: 60 }, () => {
    const open = 400 + 10 * rng.normal();
    const close = open + 4 * rng.normal();
    return [open, Math.max(open, close) + 2, Math.min(open, close) - 2, close, 1000] as const;
  });
  const split = rows.map((row, t) => (t < 30 ? row : ([...row.slice(0, 4).map((p) => p / 4), 4000] as never)));
  const actions = [{ date: "2023-03-31", split: 4 }]; // bar 30
  const [plain, four] = [raw(rows, [], costs).quotes, raw(split, actions, costs).quotes];
  for (let t = 30; t < 60; t++) {
    expect(four.atr[t]).toBeCloseTo(plain.atr[t] / 4, 9);
    expect(four.slippage[t]).toBeCloseTo(plain.slippage[t] / 4, 9);
    expect(four.carryShort![t]).toBeCloseTo(plain.carryShort![t] / 4, 9);
    // 4 q units of a quarter: the move of q units, a quarter of it in price.
    expect(four.impact![t] * Math.sqrt(4)).toBeCloseTo(plain.impact![t] / 4, 9);
    expect(four.capacity![t]).toBe(plain.capacity![t] * 4);
  }
});

/**
 * Raw prices that go ex exactly by their dividend, and the same adjusted for total return: everything before a dividend times
 * 1 − dividend / close before, everything before a split divided by it.
 */
function rawAndAdjusted(seed: number): { raw: Bars; adjusted: Bars; actions: CorporateAction[] } {
  const rng = createRng(seed, "walk");
  const rows: { openTime: number; open: number; high: number; low: number; close: number; volume: number }[] = [];
  const factors: number[] = [];
  const actions: CorporateAction[] = [];
  let price = 100;
  for (let t = 0; t < 80; t++) {
    const openTime = Date.parse("2023-03-01T00:00Z") + t * 86_400_000;
    const date = new Date(openTime).toISOString().slice(0, 10);
    let factor = 1;
    let still = false;
    if (t > 2 && rng.uniform() < 0.1) {
      const ratio = [2, 4, 0.5][rng.integer(3)];
      actions.push({ symbol: "A", date, split: ratio });
      factor = 1 / ratio;
      price /= ratio;
    } else if (t > 2 && rng.uniform() < 0.15) {
      const dividend = price * (0.005 + 0.02 * rng.uniform());
      actions.push({ symbol: "A", date, dividend });
      factor = 1 - dividend / price;
      price -= dividend;
      still = true; // so that what was paid can be invested at the price that adjusting assumes
    }
    const close = still ? price : price * Math.exp(0.02 * rng.normal());
    rows.push({
      openTime,
      open: price,
      high: Math.max(price, close),
      low: Math.min(price, close),
      close,
      volume: 1000,
    });
    factors.push(factor);
    price = close;
  }
  let later = 1;
  const adjusted = rows.map((row) => ({ ...row }));
  for (let t = rows.length - 1; t >= 0; t--) {
    for (const name of ["open", "high", "low", "close"] as const) adjusted[t][name] = rows[t][name] * later;
    later *= factors[t];
  }
  return { raw: barsFrom(rows), adjusted: barsFrom(adjusted), actions };
}

test("buy and hold on raw prices with their actions is buy and hold on adjusted prices", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const { raw: prices, adjusted, actions } = rawAndAdjusted(seed);
      const share = instrument("A", { lotStep: 1e-12 });
      const final = (bars: Bars, given: readonly CorporateAction[]): number[] => {
        const whole = { ...universe("one", "1d", [{ instrument: share, bars }]), actions: given };
        const market = createMarket(whole, freeOfCosts, { rebalanceBand: 0 });
        const accounts = createAccounts(market, 1);
        startLane(market, accounts, 0, 0, 100_000);
        return Array.from({ length: 79 }, () => stepLane(market, accounts, 0, [1], 0));
      };
      const [one, two] = [final(prices, actions), final(adjusted, [])];
      one.forEach((equity, t) => expect(Math.abs(equity / two[t] - 1)).toBeLessThan(1e-9));
    }),
    { numRuns: 50 },
  );
});
