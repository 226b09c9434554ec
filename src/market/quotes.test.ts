import fc from "fast-check";
import { expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { Bars } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import { barsAt, universe } from "#domain/universe.ts";
import type { Costs } from "./costs.ts";
import { freeOfCosts } from "./costs.ts";
import type { SmallMarket } from "./market.fixture.ts";
import { smallMarket } from "./market.fixture.ts";
import type { Quotes } from "./quotes.ts";
import { quoteStream, quoteTable } from "./quotes.ts";
import { createMarket } from "./world.ts";

const euro = instrument("EURUSD", { assetClass: "currency", contractSize: 100_000, pipSize: 0.0001, calendar: "fx" });
const quotesOf = (setting: SmallMarket): Quotes => smallMarket(setting).quotes;
const refused = (setting: SmallMarket): string => {
  try {
    smallMarket(setting);
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.message}`;
    throw error;
  }
  return "not refused";
};

test("half the spread is of the bar's open, in basis points and in pips", () => {
  const { halfSpread } = quotesOf({ bars: [[100, 200]], costs: { spreadBps: 4 } });
  expect([...halfSpread]).toEqual([expect.closeTo(0.02, 12), expect.closeTo(0.04, 12)]);
  const { halfSpread: inPips } = quotesOf({ bars: [[1.1]], instruments: [euro], costs: { spreadPips: 0.8 } });
  expect(inPips[0]).toBeCloseTo(0.00004, 12);
});

test("the spread of quotes is the one that was measured at the close before, of the first bar its own, and nothing beside it", () => {
  const walk = randomWalk({ bars: 40, seed: 9, volatility: 0.01 });
  const spreads = Float64Array.from({ length: 80 }, (_, at) => (at % 2 === 0 ? -1 : 1 + (at - 1) / 2));
  const bars = [{ ...walk.bars[0], measured: { names: ["ofi1", "spreadBps"], values: spreads } }];
  const market = { ...walk, bars };
  const costs: Costs = { ...freeOfCosts, spreadBps: 50, spreadFrom: "quotes" };
  const { halfSpread, open } = createMarket(market, costs, { rebalanceBand: 0 }).quotes;
  halfSpread.forEach((half, t) => expect(half, `bar ${t}`).toBe(open[t] * Math.max(1, t) * 0.5e-4));
  const stream = quoteStream(market.instruments, "1d", costs, { bars });
  const into = quoteTable(1, market.instruments, costs);
  for (let t = 0; t < 40; t++) {
    stream.next(barsAt(market, t), into, 0);
    expect(into.halfSpread[0], "the broker's is the same").toBe(halfSpread[t]);
  }
});

test("the spread of each hour of the week is that of the market's clock", () => {
  const spreadByHour = Array.from({ length: 168 }, (_, hour) => hour);
  const factors = (from: string, calendar: "us-equities" | "fx" | "crypto"): number => {
    const of = { bars: [[100]], timeframe: "1h", from: [from], costs: { spreadBps: 2, spreadByHour } } as const;
    return quotesOf({ ...of, instruments: [instrument("A", { calendar })] }).halfSpread[0] / 0.01;
  };
  // 2023-03-06 was a Monday. New York was five hours behind UTC, from 2023-03-12 on four.
  expect(factors("2023-03-06T00:00Z", "crypto")).toBeCloseTo(0, 9);
  expect(factors("2023-03-12T23:00Z", "crypto")).toBeCloseTo(167, 9);
  expect(factors("2023-03-07T14:30Z", "us-equities")).toBeCloseTo(24 + 9, 9);
  expect(factors("2023-03-14T13:30Z", "us-equities")).toBeCloseTo(24 + 9, 9);
  // A week of currencies begins on Sunday at 17:00 in New York, hour 0 of its Monday.
  expect(factors("2023-03-05T22:00Z", "fx")).toBeCloseTo(0, 9);
  expect(factors("2023-03-12T21:00Z", "fx")).toBeCloseTo(0, 9);
});

test("slippage is drawn around the ATR before the bar: 0.1 with a range of 0.5 lies in 0.05 to 0.15 and is always adverse", () => {
  const walk = randomWalk({ bars: 2000, seed: 9, volatility: 0.01 });
  const costs = { ...freeOfCosts, slippageAtr: 0.1, slippageRange: 0.5, slippageSeed: 4 };
  const { slippage, atr } = createMarket(walk, costs, { rebalanceBand: 0 }).quotes;
  const drawn = Array.from({ length: 1999 }, (_, t) => slippage[t + 1] / atr[t]);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.05);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(0.15);
  // Even between the two: a mean of 0.1 and a deviation of 0.1 / √12.
  const mean = drawn.reduce((sum, k) => sum + k, 0) / drawn.length;
  const deviation = Math.sqrt(drawn.reduce((sum, k) => sum + (k - mean) ** 2, 0) / drawn.length);
  expect(Math.abs(mean - 0.1)).toBeLessThan(0.003);
  expect(Math.abs(deviation - 0.1 / Math.sqrt(12))).toBeLessThan(0.002);
  const again = createMarket(walk, costs, { rebalanceBand: 0 }).quotes.slippage;
  expect(again).toEqual(slippage);
  const other = createMarket(walk, { ...costs, slippageSeed: 5 }, { rebalanceBand: 0 }).quotes.slippage;
  expect(other).not.toEqual(slippage);
});

test("one unit moves the price by the daily deviation over the root of the daily volume", () => {
  // Log returns of ±1 %, 400 units a bar: σ · close / √volume = 0.01 · 100 / 20, times the factor 0.5.
  const up = 100 * Math.exp(0.01);
  const rows = Array.from({ length: 50 }, (_, t) => {
    const close = t % 2 === 0 ? 100 : up;
    return [close, close, close, close, 400] as const;
  });
  const { impact } = quotesOf({ bars: [rows], costs: { impact: 0.5 } });
  expect(impact![49], "of bars up to the close before, 100").toBeCloseTo(0.5 * 0.01 * 100 * 0.05, 9);
  expect(impact![1], "of one bar nothing is known yet").toBe(0);
});

test("impact and participation are refused on instruments without volume", () => {
  const bars = [[[1, 1, 1, 1, 0] as const, [1, 1, 1, 1, 0] as const]];
  expect(refused({ bars, costs: { impact: 0.1 } })).toMatch(/^config\/invalid .*costs.impact.*A has none/);
  expect(refused({ bars, costs: { participation: 0.1 } })).toMatch(
    /^config\/invalid .*costs.participation.*A has none/,
  );
});

test("what costs ask for and an instrument does not have is refused by the setting's name", () => {
  const bars = [[1]];
  expect(refused({ bars, costs: { spreadPips: 1 } })).toMatch(
    /costs.spreadPips: counts in pips, and A has no pip size/,
  );
  expect(refused({ bars, costs: { swapShortPips: -1 } })).toMatch(/costs.swapShortPips: counts in pips/);
  expect(refused({ bars, costs: { spreadFrom: "quotes" } })).toMatch(/costs.spreadFrom: .*no measured spread/);
  expect(refused({ bars, costs: { slippageRange: 1 } })).toMatch(/costs.slippageRange: 1 is not in 0 to 1/);
  expect(refused({ bars, costs: { participation: 0 } })).toMatch(/costs.participation: 0/);
  expect(refused({ bars, timeframe: "1h", costs: { spreadByHour: [1] } })).toMatch(/costs.spreadByHour: has 1 hours/);
  expect(refused({ bars, costs: { spreadByHour: Array(168).fill(1) } })).toMatch(
    /costs.spreadByHour: tells hours apart/,
  );
  expect(refused({ bars, instruments: [euro], costs: { regulatory: "us-equities" } })).toMatch(
    /costs.regulatory: us-equities is for shares in dollars, and EURUSD is none/,
  );
});

test("a daily bar that opens at midnight UTC bears its date, another one the day of New York", () => {
  const day = (timeframe: "1d" | "1h", from: string): number =>
    quotesOf({ bars: [[1]], timeframe, from: [from] }).day[0];
  const second = Date.parse("2023-03-02T00:00Z") / 86_400_000;
  expect(day("1d", "2023-03-02T00:00Z")).toBe(second);
  expect(day("1d", "2023-03-02T05:00Z")).toBe(second);
  expect(day("1h", "2023-03-02T14:30Z")).toBe(second);
  expect(day("1h", "2023-03-03T00:30Z"), "after hours").toBe(second);
});

/** Everything on at once that two instruments in pips can have. */
const everything: Costs = {
  spreadBps: 1,
  spreadPips: 0.2,
  spreadByHour: Array.from({ length: 168 }, (_, hour) => 1 + hour / 168),
  slippageAtr: 0.1,
  slippageRange: 0.5,
  commissionBps: 1,
  impact: 0.3,
  participation: 0.1,
  borrowBps: 30,
  swapLongPips: 0.5,
  swapShortPips: -0.2,
  fundingBps: 1,
};

function hourly(seed: number) {
  const walk = randomWalk({ bars: 120, seed, volatility: 0.01, instruments: 2, timeframe: "1h" });
  const withVolume = (bars: Bars, i: number): Bars => ({ ...bars, volume: bars.close.map((c) => c * (i + 1)) });
  return universe(
    "hourly",
    "1h",
    walk.bars.map((bars, i) => ({
      instrument: { ...walk.instruments[i], pipSize: 0.01, contractSize: 10 ** i },
      bars: withVolume(bars, i),
    })),
  );
}

test("bar by bar gives the same bits as the table, with every cost on", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const whole = hourly(seed);
      const { quotes } = createMarket(whole, everything, { rebalanceBand: 0 });
      const stream = quoteStream(whole.instruments, "1h", everything);
      const row = quoteTable(1, whole.instruments, everything);
      for (let t = 0; t < 120; t++) {
        stream.next(barsAt(whole, t), row, 0);
        for (const [name, column] of Object.entries(row) as [keyof Quotes, Float64Array | undefined][]) {
          const width = name === "day" ? 1 : 2;
          if (column === undefined) expect(quotes[name]).toBeUndefined();
          else expect([...column], `${name} ${t}`).toEqual([...quotes[name]!.subarray(t * width, (t + 1) * width)]);
        }
      }
    }),
    { numRuns: 10 },
  );
});

test("every cost is adverse or nothing, but for a swap that is received and for the funding of one side", () => {
  const { quotes } = createMarket(hourly(3), everything, { rebalanceBand: 0 });
  for (const column of [quotes.halfSpread, quotes.slippage, quotes.impact!, quotes.capacity!]) {
    expect(Math.min(...column)).toBeGreaterThanOrEqual(0);
  }
  expect(Math.min(...quotes.carryLong!)).toBeGreaterThanOrEqual(0);
  const paid = { ...everything, swapShortPips: 0.2, fundingBps: 0 };
  expect(Math.min(...createMarket(hourly(3), paid, { rebalanceBand: 0 }).quotes.carryShort!)).toBeGreaterThanOrEqual(0);
});

test("the quotes of a bar but its prices and its capacity do not change when that bar and all later ones do", () => {
  const whole = hourly(5);
  const t = 60;
  const changed = {
    ...whole,
    bars: whole.bars.map((bars) => {
      const copy = Object.fromEntries(
        Object.entries(bars).map(([name, column]) => [name, column.slice()]),
      ) as never as Bars;
      for (const name of ["high", "low", "close"] as const)
        copy[name].set(
          bars[name].subarray(t).map((p) => p * 3),
          t,
        );
      for (const name of ["open", "volume"] as const)
        copy[name].set(
          bars[name].subarray(t + 1).map((p) => p * 3),
          t + 1,
        );
      return copy;
    }),
  };
  const [one, two] = [whole, changed].map((each) => createMarket(each, everything, { rebalanceBand: 0 }).quotes);
  for (const name of ["halfSpread", "slippage", "impact", "carryLong", "carryShort"] as const) {
    expect([...two[name]!.subarray(0, 2 * t + 2)], name).toEqual([...one[name]!.subarray(0, 2 * t + 2)]);
  }
  expect([...two.slippage.subarray(2 * t + 2)]).not.toEqual([...one.slippage.subarray(2 * t + 2)]);
});
