/** @file Small markets of few bars for tests: prices as they are written, accounts that trade given units. */
import type { Bar, Timeframe } from "#domain/bar.ts";
import { barsFrom, timeframeMs } from "#domain/bar.ts";
import type { Instrument } from "#domain/instrument.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import type { AccountRules } from "./account-rules.ts";
import { freeAccount } from "./account-rules.ts";
import type { Costs } from "./costs.ts";
import { freeOfCosts } from "./costs.ts";
import type { Accounts, Market } from "./world.ts";
import { advanceLane, createAccounts, createMarket, startLane } from "./world.ts";

/** Prices of a bar: open, high, low, close, and its volume (1,000 unless named); one number alone is all four. */
export type Prices = number | readonly [open: number, high: number, low: number, close: number, volume?: number];

export interface SmallMarket {
  readonly bars: readonly (readonly Prices[])[];
  readonly instruments?: readonly Instrument[];
  readonly timeframe?: Timeframe;
  /** Opening time of the first bar, or of every bar. */
  readonly from?: string | readonly string[];
  readonly costs?: Partial<Costs>;
  readonly rules?: Partial<AccountRules>;
}

/** Bars of one instrument, one after the other. */
export function smallUniverse(setting: SmallMarket): Universe {
  const {
    bars,
    instruments = bars.map((_, i) => instrument("ABCDE"[i])),
    timeframe = "1d",
    from = "2023-03-01",
  } = setting;
  const openTime = (t: number): number =>
    typeof from === "string"
      ? Date.parse(`${from}Z`.replace("ZZ", "Z")) + t * timeframeMs[timeframe]
      : Date.parse(from[t]);
  const row = (prices: Prices, t: number): Bar => {
    const [open, high, low, close, volume = 1000] = typeof prices === "number" ? Array(4).fill(prices) : prices;
    return { openTime: openTime(t), open, high, low, close, volume };
  };
  const series = bars.map((rows, i) => ({ instrument: instruments[i], bars: barsFrom(rows.map(row)) }));
  return universe("small", timeframe, series);
}

export function smallMarket(setting: SmallMarket): Market {
  const costs = { ...freeOfCosts, ...setting.costs };
  return createMarket(smallUniverse(setting), costs, { rebalanceBand: 0 }, { ...freeAccount, ...setting.rules });
}

export interface Played {
  readonly accounts: Accounts;
  /** Equity at each close, the capital first. */
  readonly equity: number[];
  /** Units traded in each bar, of each position. */
  readonly traded: number[][];
}

/** Trades units of each position, `orders[t]` at the open of bar t + 1, from bar 0 on. */
export function played(
  market: Market,
  orders: readonly (readonly number[])[],
  capital = 100_000,
  before: (accounts: Accounts, step: number) => void = () => undefined,
): Played {
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, 0, capital);
  const equity = [capital];
  const traded: number[][] = [];
  for (const [step, units] of orders.entries()) {
    before(accounts, step);
    equity.push(advanceLane(market, accounts, 0, units));
    traded.push([...accounts.traded]);
  }
  return { accounts, equity, traded };
}
