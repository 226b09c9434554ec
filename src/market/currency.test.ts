/** @file Instruments in other currencies than the account's: rates, settled contracts, owned shares, by hand. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Instrument } from "#domain/instrument.ts";
import { instrument } from "#domain/instrument.ts";
import { universe } from "#domain/universe.ts";
import { freeAccount } from "./account-rules.ts";
import { freeOfCosts } from "./costs.ts";
import { conversions } from "./currency.ts";
import { grossValue } from "./execution.ts";
import type { Prices } from "./market.fixture.ts";
import { played, smallMarket } from "./market.fixture.ts";
import { createMarket, restOrders } from "./world.ts";

const pair = (symbol: string): Instrument =>
  instrument(symbol, {
    assetClass: "currency",
    currency: symbol.slice(-3),
    contractSize: 100_000,
    pipSize: 0.0001,
    lotStep: 0.01,
    calendar: "fx",
  });
const sap = instrument("SAP", { currency: "EUR" });
const inDollars = { rules: { currency: "USD" } };

describe("USDJPY in dollars", () => {
  const bars: Prices[][] = [[150, [150, 151, 150, 151], [151, 152, 151, 152], [152, 152, 147, 148]]];
  const market = smallMarket({ bars, instruments: [pair("USDJPY")], ...inDollars });

  // By hand: each move of 100,000 · 1 yen is worth that over the close before: 150, 151 and 152 yen to the dollar.
  test("settles each move at the rate of the close before", () => {
    const { equity } = played(market, [[1], [0], [0]]);
    expect(equity[1]).toBeCloseTo(100_000 + 100_000 / 150, 6);
    expect(equity[2]).toBeCloseTo(100_000 + 100_000 / 150 + 100_000 / 151, 6);
    expect(equity[3]).toBeCloseTo(100_000 + 100_000 / 150 + 100_000 / 151 - 400_000 / 152, 6);
  });

  test("holds a value of 100,000 dollars at each close before, whatever the yen does", () => {
    const { accounts } = played(market, [[1], [0], [0], [0]].slice(0, 3));
    // At the close the price is 148 and the rate still 1 / 152.
    expect(grossValue(market, accounts, 0)).toBeCloseTo((100_000 * 148) / 152, 6);
  });

  test("keeps a resting stop at its price in yen", () => {
    const { accounts } = played(market, [[1], [0], [0]], 100_000, (lane, step) => {
      if (step === 1) restOrders(market, lane, 0, 0, 149, NaN);
    });
    expect(accounts.fillPrice[0] * 152).toBeCloseTo(149, 9);
    expect(accounts.ledger.units[0]).toBe(0);
  });

  test("pays its spread and its night in yen, turned to dollars", () => {
    const yen = { ...pair("USDJPY"), pipSize: 0.01 };
    const costs = { spreadPips: 2, swapLongPips: 3 };
    const dear = smallMarket({ bars, instruments: [yen], from: "2023-03-06", costs, ...inDollars });
    const { accounts } = played(dear, [[1], [0]]);
    // Half of 2 pips of 1,000 yen at 150, and one night of 3 pips at 151.
    expect(accounts.ledger.tradingCost[0]).toBeCloseTo(1000 / 150 + 3000 / 151, 9);
  });
});

// By hand: a hundredth of a pound on 100,000 euros is 1,000 pounds, at the 1.25 dollars that GBPUSD closed at before.
test("EURGBP in dollars takes the rate of GBPUSD, of its close before and not of its own bar", () => {
  const bars: Prices[][] = [
    [0.85, [0.85, 0.86, 0.85, 0.86], 0.86],
    [[1.2, 1.3, 1.2, 1.25], [1.25, 1.4, 1.25, 1.4], 1.4],
  ];
  const market = smallMarket({ bars, instruments: [pair("EURGBP"), pair("GBPUSD")], ...inDollars });
  expect([...market.quotes.rate!]).toEqual([1.2, 1, 1.25, 1, 1.4, 1]);
  const { equity } = played(market, [
    [1, 0],
    [0, 0],
  ]);
  expect(equity[1]).toBeCloseTo(100_000 + 1250, 6);
  expect(equity[2], "what was gained is settled: a dearer pound adds nothing").toBeCloseTo(100_000 + 1250, 6);
});

// By hand: 10 shares at 100 euros; the euro goes from 1.10 to 1.20 dollars.
test("a share that is owned gains by the rate of its currency", () => {
  const bars: Prices[][] = [
    [100, 100, 100, 100],
    [1.1, [1.1, 1.2, 1.1, 1.2], 1.2, 1.2],
  ];
  const market = smallMarket({ bars, instruments: [sap, pair("EURUSD")], ...inDollars });
  const { equity, accounts } = played(market, [
    [10, 0],
    [0, 0],
    [-10, 0],
  ]);
  expect(equity[1]).toBeCloseTo(100_000, 6);
  expect(equity[2]).toBeCloseTo(100_000 + 100, 6);
  expect(accounts.ledger.realised[0]).toBeCloseTo(100, 6);
});

test("a dividend is paid at the rate of its day", () => {
  const bars: Prices[][] = [
    [100, 100, 98, 98],
    [1.1, 1.1, 1.1, 1.1],
  ];
  const { universe: whole } = smallMarket({ bars, instruments: [sap, pair("EURUSD")], ...inDollars });
  const actions = [{ symbol: "SAP", date: "2023-03-03", dividend: 2 }];
  const rules = { ...freeAccount, currency: "USD" };
  const market = createMarket({ ...whole, actions }, freeOfCosts, { rebalanceBand: 0 }, rules);
  expect(
    played(market, [
      [10, 0],
      [0, 0],
    ]).accounts.ledger.cash[0],
  ).toBeCloseTo(100_000 - 1100 + 22, 6);
});

test("a market in one currency is not converted, named or not", () => {
  const market = smallMarket({ bars: [[1, 1]], instruments: [pair("EURUSD")], ...inDollars });
  expect(market.quotes.rate).toBeUndefined();
  expect(conversions([sap], undefined)).toEqual([undefined]);
});

test("is refused where currencies are mixed and none is named, and where no pair gives a rate", () => {
  expect(() => conversions([sap, pair("USDJPY")], undefined)).toThrow(
    /account.currency: must be named .*instruments are in EUR and JPY/,
  );
  expect(() => conversions([sap, pair("USDJPY")], "USD")).toThrow(
    /account.currency: USD needs the rate of EUR, and no instrument of the market is EURUSD or USDEUR/,
  );
});

/** A share in euros, and the two pairs that turn euros and yen into dollars. */
function mixed(seed: number) {
  const { bars } = randomWalk({ bars: 40, seed, volatility: 0.02, instruments: 3 });
  const instruments = [sap, pair("EURUSD"), pair("USDJPY")].map((each) => ({ ...each, contractSize: 1 }));
  return universe(
    "mixed",
    "1d",
    instruments.map((each, i) => ({ instrument: each, bars: bars[i] })),
  );
}

const rules = { ...freeAccount, currency: "USD", leverage: 20, maintenance: 0.02, liquidation: "within-bar" } as const;
const costs = { spreadBps: 5, slippageAtr: 0.1, commissionBps: 2, fundingBps: 1 };

test("the ledger balances through all rates (law 2)", () => {
  const units = fc.integer({ min: -900, max: 900 });
  const orders = fc.array(fc.tuple(units, units, units), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), orders, (seed, trades) => {
      const market = createMarket(mixed(seed), costs, { rebalanceBand: 0 }, rules);
      const { equity } = played(market, trades); // each step checks the ledger to 1e-9
      expect(equity.every(Number.isFinite)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("no rate is of the bar that it is used in: a bar's own close changes nothing before the next", () => {
  const whole = mixed(7);
  const market = createMarket(whole, costs, { rebalanceBand: 0 }, rules);
  const bars = whole.bars.map((series, i) =>
    i === 0 ? series : { ...series, close: series.close.map((c, t) => (t < 20 ? c : c * 2)) },
  );
  const other = createMarket({ ...whole, bars }, costs, { rebalanceBand: 0 }, rules);
  expect([...other.quotes.rate!.subarray(0, 63)]).toEqual([...market.quotes.rate!.subarray(0, 63)]);
  expect([...other.quotes.close.subarray(60, 61)], "the share in euros").toEqual([
    ...market.quotes.close.subarray(60, 61),
  ]);
  expect(other.quotes.rate![63]).not.toBe(market.quotes.rate![63]);
});
