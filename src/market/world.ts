/**
 * @file The simulated market: a decision at the close of bar t, its fill at the open of t + 1 or worse, marked at that close.
 * Many accounts (lanes) as columns; a lane's step is a function of its own state and the prices.
 */
import { invariant } from "#base/invariant.ts";
import type { Universe } from "#domain/universe.ts";
import type { Ledger } from "#domain/ledger.ts";
import { checkLedger, createLedger, equity, markPosition, openAccount, postFill } from "#domain/ledger.ts";
import { atrColumn } from "#features/indicators/average-true-range.ts";
import { accountWidth, drawdown, writePosition } from "./account.ts";
import type { Costs } from "./costs.ts";
import { commission, fillPrice } from "./costs.ts";
import type { Sizing } from "./sizing.ts";
import { unitsToTrade } from "./sizing.ts";

/** Bars that the raw ATR of the slippage looks back (Wilder, 1978). */
export const slippageAtrPeriod = 14;

/** Prices and rules, shared by all lanes and never changed. Price columns are `[T × I]`, bar after bar. */
export interface Market {
  readonly universe: Universe;
  readonly instruments: number;
  readonly bars: number;
  readonly open: Float64Array;
  readonly close: Float64Array;
  readonly atr: Float64Array;
  readonly contractSize: Float64Array;
  readonly lotStep: Float64Array;
  readonly costs: Costs;
  readonly sizing: Sizing;
}

/** What a lane is, besides its ledger. */
export interface Accounts {
  readonly ledger: Ledger;
  /** `[N]`: index of the bar that has just closed. */
  readonly bar: Int32Array;
  /** `[N]`: equity at that close, and its highest so far. */
  readonly equity: Float64Array;
  readonly peakEquity: Float64Array;
}

/** Lays the prices of a universe out for stepping. */
export function createMarket(universe: Universe, costs: Costs, sizing: Sizing): Market {
  const instruments = universe.instruments.length;
  const bars = universe.openTime.length;
  const interleave = (columns: readonly Float64Array[]): Float64Array => {
    const all = new Float64Array(bars * instruments);
    columns.forEach((column, i) => column.forEach((value, t) => (all[t * instruments + i] = value)));
    return all;
  };
  return {
    universe,
    instruments,
    bars,
    open: interleave(universe.bars.map(({ open }) => open)),
    close: interleave(universe.bars.map(({ close }) => close)),
    atr: interleave(universe.bars.map((series) => atrColumn(series, slippageAtrPeriod))),
    contractSize: Float64Array.from(universe.instruments, ({ contractSize }) => contractSize),
    lotStep: Float64Array.from(universe.instruments, ({ lotStep }) => lotStep),
    costs,
    sizing,
  };
}

/** Accounts for `lanes` lanes, to be started with `startLane`. */
export function createAccounts(market: Market, lanes: number): Accounts {
  return {
    ledger: createLedger(lanes, [...market.contractSize]),
    bar: new Int32Array(lanes),
    equity: new Float64Array(lanes),
    peakEquity: new Float64Array(lanes),
  };
}

/** Starts a lane flat with `capital`, bar `t` having just closed. */
export function startLane(market: Market, accounts: Accounts, lane: number, t: number, capital: number): void {
  invariant(t >= 0 && t < market.bars, "a lane starts at a bar that exists", { t, bars: market.bars });
  openAccount(accounts.ledger, lane, capital);
  accounts.bar[lane] = t;
  accounts.equity[lane] = capital;
  accounts.peakEquity[lane] = capital;
}

/**
 * Moves a lane from the close of bar t to the close of t + 1: sizes the wanted weights on equity and prices at close t,
 * fills at open t + 1 with costs, marks at close t + 1, checks the ledger.
 * @param weights wanted weight of equity of each instrument, from index `at` on
 * @returns equity at the close of t + 1
 */
export function stepLane(
  market: Market,
  accounts: Accounts,
  lane: number,
  weights: ArrayLike<number>,
  at: number,
): number {
  const { instruments, open, close, atr, contractSize, lotStep, costs, sizing } = market;
  const { ledger } = accounts;
  // Tested before the invariant, so that no facts are gathered while it holds.
  if (accounts.bar[lane] >= market.bars - 1) invariant(false, "there is a next bar", { bar: accounts.bar[lane], lane });
  const now = accounts.bar[lane] * instruments;
  const next = now + instruments;
  const before = accounts.equity[lane];
  for (let i = 0; i < instruments; i++) {
    const held = ledger.units[lane * instruments + i];
    const size = contractSize[i];
    const units = unitsToTrade(weights[at + i], held, before, close[now + i], size, lotStep[i], sizing);
    if (units !== 0) {
      const reference = open[next + i];
      const price = fillPrice(reference, units > 0 ? 1 : -1, atr[now + i], costs);
      postFill(ledger, lane, i, units, price, reference, commission(units, price, size, costs));
    }
    markPosition(ledger, lane, i, close[next + i]);
  }
  const after = equity(ledger, lane);
  checkLedger(ledger, lane);
  accounts.bar[lane]++;
  accounts.equity[lane] = after;
  if (after > accounts.peakEquity[lane]) accounts.peakEquity[lane] = after;
  return after;
}

/** Writes what the agent of a lane sees of its account: `accountWidth(instruments)` numbers. */
export function observeAccount(market: Market, accounts: Accounts, lane: number, into: Float32Array, at: number): void {
  const { ledger } = accounts;
  const worth = accounts.equity[lane];
  for (let i = 0; i < market.instruments; i++) {
    const position = lane * market.instruments + i;
    writePosition(
      into,
      at + 2 * i,
      ledger.units[position],
      ledger.cost[position],
      ledger.mark[position],
      market.contractSize[i],
      worth,
    );
  }
  into[at + accountWidth(market.instruments) - 1] = drawdown(worth, accounts.peakEquity[lane]);
}
