import { describe, expect, test } from "vitest";
import { instrument } from "#domain/instrument.ts";
import type { AccountRules } from "./account-rules.ts";
import { checkRules, freeAccount } from "./account-rules.ts";
import type { Prices, SmallMarket } from "./market.fixture.ts";
import { played, smallMarket } from "./market.fixture.ts";
import { restOrders } from "./world.ts";

/** Fills of single units at a price of 100: `orders` at the open of each bar after the first. */
function fills(setting: Partial<SmallMarket>, orders: readonly number[], capital = 10_000): number[] {
  const bars = [Array<Prices>(orders.length + 1).fill(100)];
  const { traded } = played(
    smallMarket({ bars, ...setting }),
    orders.map((units) => [units]),
    capital,
  );
  return traded.map(([units]) => units + 0);
}

/** Opening times of `each` hourly bars on days that follow each other, Monday to Friday, the first bar on the day before. */
function sessions(first: string, days: number, each: number): string[] {
  const start = Date.parse(`${first}T14:30Z`);
  const times: number[] = [start - 86_400_000];
  for (let day = 0, at = start; day < days; at += 86_400_000) {
    if ([0, 6].includes(new Date(at).getUTCDay())) continue;
    for (let hour = 0; hour < each; hour++) times.push(at + hour * 3_600_000);
    day++;
  }
  return times.map((time) => new Date(time).toISOString());
}

describe("the old rule for pattern day traders (FINRA 4210(f)(8)(B))", () => {
  const rules = { dayTrading: "pattern-day-trader" } as const;
  const hourlyRules = (from: string[]) => ({ rules, from, timeframe: "1h" }) as const;

  test("does not begin what could be the fourth day trade within five sessions", () => {
    const from = sessions("2023-03-06", 4, 2);
    const roundTrip = [1, -1];
    expect(fills(hourlyRules(from), [...roundTrip, ...roundTrip, ...roundTrip, ...roundTrip])).toEqual(
      [1, -1, 1, -1, 1, -1, 0, 0], // nor the short position that the last sale would open
    );
  });

  test("counts sessions and not days: the sixth session is free of the first, over a weekend too", () => {
    const from = sessions("2023-03-08", 6, 2); // Wednesday to Wednesday
    const orders = [1, -1, 1, -1, 1, -1, 0, 0, 0, 0, 1, -1];
    expect(fills(hourlyRules(from), orders).slice(-2)).toEqual([1, -1]);
    const fifth = [1, -1, 1, -1, 1, -1, 0, 0, 1, 0, 0, 0];
    expect(fills(hourlyRules(from), fifth)[8], "the fifth session is not").toBe(0);
  });

  test("counts the closing of what was opened today: three positions may be open, a fourth is not begun", () => {
    const from = sessions("2023-03-06", 1, 2);
    const four = "ABCD".split("").map((symbol) => instrument(symbol));
    const market = smallMarket({ bars: four.map(() => [100, 100, 100]), instruments: four, ...hourlyRules(from) });
    const orders = [
      [1, 1, 1, 1],
      [-1, -1, -1, 0],
    ];
    const { traded } = played(market, orders, 10_000);
    expect(traded).toEqual([
      [1, 1, 1, 0],
      [-1, -1, -1, 0],
    ]);
  });

  test("never blocks an exit, and lets an order that turns a position close it", () => {
    const from = sessions("2023-03-06", 3, 3);
    const orders = [1, -1, 0, 1, -1, 0, 1, -1, 0];
    expect(fills(hourlyRules(from), orders)).toEqual(orders);
    expect(fills(hourlyRules(from), [1, -1, 0, 1, -1, 0, 1, -3, 0])).toEqual([1, -1, 0, 1, -1, 0, 1, -1, 0]);
  });

  test("takes a position that is closed in parts for one day trade, and one that is held over night for none", () => {
    const from = sessions("2023-03-06", 4, 3);
    const parts = [2, -1, -1, 2, -1, -1, 2, -1, -1, 1, 0, 0];
    expect(fills(hourlyRules(from), parts)).toEqual([2, -1, -1, 2, -1, -1, 2, -1, -1, 0, 0, 0]);
    const overNight = [1, 0, 0, -1, 1, 0, -1, 1, 0, -1, 1, 0];
    expect(fills(hourlyRules(from), overNight)).toEqual(overNight);
  });

  test("does not hold from 25,000 on, nor from 2026-06-04 on, by the day of New York", () => {
    const from = sessions("2023-03-06", 4, 2);
    const orders = [1, -1, 1, -1, 1, -1, 1, -1];
    expect(fills(hourlyRules(from), orders, 25_000)).toEqual(orders);
    expect(fills(hourlyRules(sessions("2026-06-04", 4, 2)), orders)).toEqual(orders);
    const last = sessions("2026-05-29", 4, 2); // Friday to Wednesday, 2026-06-03
    expect(fills(hourlyRules(last), orders).slice(-2)).toEqual([0, 0]);
    // 2026-06-04 00:30 UTC is still the third of June in New York.
    last[last.length - 2] = "2026-06-04T00:30:00.000Z";
    last[last.length - 1] = "2026-06-04T01:30:00.000Z";
    expect(fills(hourlyRules(last), orders).slice(-2)).toEqual([0, 0]);
  });
});

describe("the holding time", () => {
  const rules = { minHoldingBars: 2 };

  test("keeps a position for its bars, whether it is closed in part, closed or turned", () => {
    expect(fills({ rules }, [5, -5, -5, 0])).toEqual([5, 0, -5, 0]);
    expect(fills({ rules }, [5, -1, -10, 0])).toEqual([5, 0, -10, 0]);
    expect(fills({ rules }, [5, 3, -8, 0]), "adding is free, and does not begin it anew").toEqual([5, 3, -8, 0]);
  });

  test("never blocks a stop or a target", () => {
    for (const [stop, target] of [
      [98, NaN],
      [NaN, 102],
    ]) {
      const market = smallMarket({ bars: [[100, 100, [100, 103, 97, 100]]], rules: { minHoldingBars: 9 } });
      const { accounts } = played(market, [[5], [0]], 10_000, (lane, step) => {
        if (step === 1) restOrders(market, lane, 0, 0, stop, target);
      });
      expect(accounts.ledger.units[0]).toBe(0);
    }
  });
});

test("trades of a day end at their number, by the exchange's day; what only closes goes on", () => {
  const from = sessions("2023-03-06", 2, 4);
  const setting = { rules: { maxTradesPerDay: 2 }, from, timeframe: "1h" } as const;
  expect(fills(setting, [1, 1, 1, -3, 1, 1, 1, 0])).toEqual(
    [1, 1, 0, -2, 1, 1, 0, 0].map((units, t) => (t === 3 ? -2 : units)),
  );
});

test("a cash account buys what its cash pays for, costs included, and sells nothing that it does not hold", () => {
  const costs = { spreadBps: 20, commissionBps: 10, commissionPerUnit: 0.01, commissionMinimum: 2 };
  const market = smallMarket({ bars: [[100, 100, 100]], costs, rules: { leverage: 1, shorts: false } });
  const { accounts, traded } = played(market, [[1000], [-5000]], 10_000);
  // Each costs 100.10 · 1.001 + 0.01 = 100.2101 dollars, and the fill 2 at least: (10,000 − 2) / 100.2101.
  expect(traded[0][0]).toBeCloseTo(Math.floor((9998 / 100.2101) * 1e6) / 1e6, 9);
  expect(traded[1][0], "all of it, and no short position").toBe(-traded[0][0]);
  expect(played(market, [[1000]], 10_000).accounts.ledger.cash[0]).toBeGreaterThanOrEqual(0);
  expect(accounts.ledger.units[0]).toBe(0);
  expect(played(market, [[-10]], 10_000).traded).toEqual([[0]]);
});

test("buying power is of all positions together", () => {
  const two = [instrument("A", { lotStep: 1 }), instrument("B", { lotStep: 1 })];
  const market = smallMarket({
    bars: [
      [100, 100, 100],
      [50, 50, 50],
    ],
    instruments: two,
    rules: { leverage: 2 },
  });
  const { traded } = played(market, [[150, -400]], 10_000);
  expect(traded).toEqual([[150, -100]]); // 15,000 and 5,000 dollars of 20,000
});

describe("a margin call", () => {
  test("of securities sells everything at the next open after a close below maintenance", () => {
    const bars = [[100, 100, [100, 100, 60, 60], [58, 58, 58, 58], 58] as Prices[]];
    const market = smallMarket({ bars, rules: { leverage: 2, maintenance: 0.3 } });
    const { traded, equity, accounts } = played(market, [[200], [0], [7], [1]], 10_000);
    // 200 at 100 with 10,000 owed; at 60 the 2,000 left are below 30 % of 12,000; sold at 58: 1,600 are left.
    expect(traded).toEqual([[200], [0], [-200], [1]]);
    expect(equity).toEqual([10_000, 10_000, 2000, 1600, 1600]);
    expect(accounts.ledger.units[0]).toBe(1);
  });

  const contracts = { rules: { leverage: 30, maintenance: 0.02, liquidation: "within-bar" } } as const;

  // By hand: 200 at 100, 10,000 in hand: cash −10,000. Equity is 2 % of value where 200 p − 10,000 = 4 p: p = 51.0204…
  test("of contracts stops out within the bar where equity meets maintenance", () => {
    const market = smallMarket({ bars: [[100, 100, [90, 95, 40, 80]]], ...contracts });
    const { traded, accounts, equity } = played(market, [[200], [0]], 10_000);
    expect(traded[1]).toEqual([-200]);
    expect(accounts.fillPrice[0]).toBeCloseTo(10_000 / 196, 9);
    expect(equity[2]).toBeCloseTo((200 * 10_000) / 196 - 10_000, 9);
  });

  // By hand: −200 at 100: cash 30,000. 30,000 − 200 p = 4 p: p = 147.0588…
  test("of contracts stops a short position out above", () => {
    const market = smallMarket({ bars: [[100, 100, [100, 150, 90, 95]]], ...contracts, costs: { spreadBps: 0 } });
    expect(played(market, [[-200], [0]], 10_000).accounts.fillPrice[0]).toBeCloseTo(30_000 / 204, 9);
  });

  test("of contracts is at the open where the price gapped, spread and slippage worse, and may leave less than nothing", () => {
    const market = smallMarket({ bars: [[100, 100, [40, 60, 30, 50], 50]], ...contracts });
    market.quotes.halfSpread.fill(0.1);
    market.quotes.slippage.fill(0.2);
    const { accounts, equity } = played(market, [[200], [3], [5]], 10_000);
    expect(accounts.fillPrice[0]).toBeCloseTo(40 - 0.3, 12);
    expect(equity[2]).toBeCloseTo(200 * 39.7 - (200 * 100.3 - 10_000), 9);
    expect(equity[2]).toBeLessThan(0);
    expect(equity[3], "nothing is traded with less than nothing").toBe(equity[2]);
  });

  test("of contracts comes after a stop that lies before it, and before one that lies behind it", () => {
    const sold = (stop: number): number => {
      const market = smallMarket({ bars: [[100, 100, [90, 95, 40, 80]]], ...contracts });
      return played(market, [[200], [0]], 10_000, (lane, step) => {
        if (step === 1) restOrders(market, lane, 0, 0, stop, NaN);
      }).accounts.fillPrice[0];
    };
    expect(sold(60)).toBe(60);
    expect(sold(45)).toBeCloseTo(10_000 / 196, 9);
  });

  test("of contracts leaves an account alone that stays above it", () => {
    const market = smallMarket({ bars: [[100, 100, [90, 95, 52, 80]]], ...contracts });
    expect(played(market, [[200], [0]], 10_000).traded[1]).toEqual([0]);
  });

  test("of several contracts takes them to run against the account in step", () => {
    const bars: Prices[][] = [
      [100, 100, [100, 110, 80, 100]],
      [100, 100, [100, 120, 90, 100]],
    ];
    const market = smallMarket({ bars, ...contracts });
    const { accounts, traded } = played(
      market,
      [
        [500, -500],
        [0, 0],
      ],
      10_000,
    );
    // Long falls by 20 and short rises by 20 at worst: equity 10,000 − 20,000 x, value 100,000 throughout: x = 0.4.
    expect(traded[1]).toEqual([-500, 500]);
    expect([...accounts.fillPrice]).toEqual([expect.closeTo(92, 9), expect.closeTo(108, 9)]);
  });
});

test("rules that contradict themselves are refused by the setting's name", () => {
  const refused = (rules: Partial<AccountRules>) => () => checkRules({ ...freeAccount, ...rules });
  expect(refused({ leverage: 0.5 })).toThrow("account.leverage: 0.5 is below 1");
  expect(refused({ maintenance: 1 })).toThrow("account.maintenance: 1 is not in 0 to 1");
  expect(refused({ leverage: 30, maintenance: 0.05 })).toThrow("account.maintenance: 0.05 is more than");
  expect(refused({ minHoldingBars: 1.5 })).toThrow("account.minHoldingBars: 1.5");
  expect(refused({ maxTradesPerDay: -1 })).toThrow("account.maxTradesPerDay: -1");
});
