import fc from "fast-check";
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { instrument } from "#domain/instrument.ts";
import { universe } from "#domain/universe.ts";
import { freeAccount } from "./account-rules.ts";
import type { Costs } from "./costs.ts";
import { freeOfCosts } from "./costs.ts";
import { played, smallMarket } from "./market.fixture.ts";
import { createMarket, restOrders } from "./world.ts";

const capital = 100_000;

test("a fill moves the price against itself by the root of its units", () => {
  const market = smallMarket({ bars: [[100, 100, 100]], costs: { impact: 1 } });
  market.quotes.impact!.fill(0.02);
  const of = (units: number): number => played(market, [[units]]).accounts.ledger.tradingCost[0];
  expect(of(100)).toBeCloseTo(100 * 0.02 * 10, 9);
  expect(of(-400)).toBeCloseTo(400 * 0.02 * 20, 9);
});

test("only a share of a bar's volume is filled, in whole lot steps, and the rest is not", () => {
  const bars = [[100, [100, 100, 100, 100, 995] as const, 100]];
  const market = smallMarket({ bars, costs: { participation: 0.1 }, instruments: [instrument("A", { lotStep: 2 })] });
  const { traded, accounts } = played(market, [[400], [-400]]);
  expect(traded).toEqual([[98], [-100]]); // 99.5 and 100 units, in steps of 2
  expect(accounts.unfilled[0]).toBe(2);
});

test("a maker's rebate is paid to it, a taker pays", () => {
  const market = smallMarket({ bars: [[100, 100, [100, 111, 100, 100]]], costs: { commissionBps: 5, makerBps: -1 } });
  const { accounts } = played(market, [[10], [0]], capital, (lane, step) => {
    if (step === 1) restOrders(market, lane, 0, 0, NaN, 110);
  });
  // Bought 1,000 dollars at 5 bp, sold 1,100 at a target with 1 bp of rebate.
  expect(accounts.ledger.fees[0]).toBeCloseTo(0.5 - 0.11, 12);
  expect(accounts.ledger.units[0]).toBe(0);
});

test("a stop takes liquidity: slippage and impact make it worse, a target has neither", () => {
  const costs = { impact: 1, slippageAtr: 1 };
  const bars = [[100, 100, [100, 105, 95, 100] as const]];
  const sold = (stop: number, target: number): number => {
    const market = smallMarket({ bars, costs });
    market.quotes.impact!.fill(0.01);
    market.quotes.slippage.fill(0.5);
    const { accounts } = played(market, [[100], [0]], capital, (lane, step) => {
      if (step === 1) restOrders(market, lane, 0, 0, stop, target);
    });
    return accounts.fillPrice[0];
  };
  expect(sold(96, NaN)).toBeCloseTo(96 - 0.5 - 0.01 * 10, 12);
  expect(sold(NaN, 104)).toBe(104);
});

test("regulators' fees of a day are those of the worked example, and begin anew on the next day", () => {
  // By hand, 2023-03-01: 100 × 50 × 8 / million = 4 cents and 100 × 0.000145 = 1.45 cents, 2 when rounded up.
  const bars = [[50, 50, 50, 50, 50, 50]];
  const from = ["2023-02-28T20:30Z", ...[14, 15, 16, 17].map((hour) => `2023-03-01T${hour}:30Z`), "2023-03-02T14:30Z"];
  const market = smallMarket({ bars, from, timeframe: "1h", costs: { regulatory: "us-equities" } });
  const fees = (orders: number[]): number =>
    played(
      market,
      orders.map((units) => [units]),
    ).accounts.ledger.fees[0];
  expect(fees([100])).toBe(0);
  expect(fees([100, -100])).toBeCloseTo(0.06, 12);
  // A second sale adds 4 cents of Section 31; 2.9 cents of Trading Activity Fee are 3, of which 2 were paid.
  expect(fees([200, -100, -100])).toBeCloseTo(0.06 + 0.05, 12);
  expect(fees([200, -100, 0, 0, -100]), "rounded up on each of two days").toBeCloseTo(0.12, 12);
});

test("who holds over a night pays for it, at its value of the evening before", () => {
  const bars = [[100, 100, 100, 100, 100]];
  const from = [
    "2023-03-08T00:00Z",
    "2023-03-09T00:00Z",
    "2023-03-10T00:00Z",
    "2023-03-13T00:00Z",
    "2023-03-14T00:00Z",
  ];
  const market = smallMarket({ bars, from, costs: { borrowBps: 360 } });
  // Sold at the open of Thursday, bought back at that of Monday: four nights of 1,000 dollars at 3.6 % / 360 a day.
  const { accounts } = played(market, [[-10], [0], [10], [0]]);
  expect(accounts.ledger.fees[0]).toBeCloseTo(4 * 0.1, 12);
  expect(played(market, [[10], [0], [-10], [0]]).accounts.ledger.fees[0], "longs borrow nothing").toBe(0);
});

/** Two instruments with a pip size and with volume, in bars of an hour. */
function hourly(seed: number) {
  const walk = randomWalk({ bars: 40, seed, volatility: 0.01, instruments: 2, timeframe: "1h" });
  const series = walk.bars.map((bars, i) => ({
    instrument: { ...walk.instruments[i], pipSize: 0.01 },
    bars: { ...bars, volume: bars.close.map(() => 5000) },
  }));
  return universe("hourly", "1h", series);
}

const dear: Costs = {
  spreadBps: 2,
  spreadPips: 1,
  slippageAtr: 0.1,
  commissionBps: 2,
  commissionPerUnit: 0.01,
  commissionMinimum: 1,
  impact: 0.2,
  borrowBps: 100,
  swapLongPips: 0.5,
  swapShortPips: 0.5,
};

test("doubling any cost never raises the equity of the same trades, and every cost lowers it", () => {
  const names = Object.keys(dear) as (keyof typeof dear)[];
  const orders = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
    minLength: 30,
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), orders, fc.constantFrom(...names), (seed, trades, name) => {
      const whole = hourly(seed);
      const final = (costs: Costs): number =>
        played(createMarket(whole, costs, { rebalanceBand: 0 }), trades, 1e6).equity.at(-1)!;
      const paid = final(dear);
      expect(final({ ...dear, [name]: 2 * (dear[name] as number) })).toBeLessThanOrEqual(paid + 1e-6);
      expect(final({ ...dear, [name]: 0 })).toBeGreaterThanOrEqual(paid - 1e-6);
    }),
    { numRuns: 200 },
  );
  const trades = Array.from({ length: 30 }, (_, t) => [t % 7 === 0 ? 60 : -9, 5 - t]);
  const final = (costs: Costs): number =>
    played(createMarket(hourly(1), costs, { rebalanceBand: 0 }), trades, 1e6).equity.at(-1)!;
  for (const name of names)
    expect(final({ ...dear, [name]: 2 * (dear[name] as number) }), name).toBeLessThan(final(dear));
});

test("funding costs longs what it gives shorts, and a higher rate costs longs more", () => {
  const whole = hourly(2);
  const gain = (units: number, fundingBps: number): number => {
    const orders = Array.from({ length: 30 }, (_, t) => [t === 0 ? units : 0, 0]);
    const costs = { ...freeOfCosts, fundingBps };
    return played(createMarket(whole, costs, { rebalanceBand: 0 }), orders).accounts.ledger.tradingCost[0];
  };
  expect(gain(10, 1)).toBeGreaterThan(0);
  expect(gain(-10, 1)).toBeCloseTo(-gain(10, 1), 9);
  expect(gain(10, 2)).toBeCloseTo(2 * gain(10, 1), 9);
});

test("the ledger balances through every cost, rule and liquidation, and equity is never NaN (law 2)", () => {
  const rules = {
    ...freeAccount,
    leverage: 20,
    maintenance: 0.03,
    liquidation: "within-bar",
    minHoldingBars: 2,
    maxTradesPerDay: 5,
  } as const;
  const orders = fc.array(fc.tuple(fc.integer({ min: -1e4, max: 1e4 }), fc.integer({ min: -1e4, max: 1e4 })), {
    minLength: 30,
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), orders, (seed, trades) => {
      const costs = { ...dear, participation: 0.5, fundingBps: 3 };
      const market = createMarket(hourly(seed), costs, { rebalanceBand: 0 }, rules);
      const { equity } = played(market, trades, 10_000); // each step checks the ledger to 1e-9
      expect(equity.every(Number.isFinite)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("a day whose fees nobody knows may lie among the bars, and a fill on it is refused", () => {
  // The table of Section 31 begins on 2005-01-07, a Friday.
  const market = smallMarket({
    bars: [[100, 100, 100, 100]],
    from: "2005-01-05",
    costs: { regulatory: "us-equities" },
  });
  const feeOf = (orders: number[][]): number => played(market, orders).accounts.ledger.fees[0];
  expect(feeOf([[0], [10], [-10]])).toBeGreaterThan(0);
  const refused = "asks for the rate of Section 31 on 2005-01-06, and the table begins on 2005-01-07";
  expect(() => feeOf([[10]])).toThrow(refused);
  expect(() => feeOf([[-10]])).toThrow(refused);
});
