/**
 * @file The simulated market: a decision at the close of bar t, its fill at the open of t + 1 or worse, marked at that close.
 * Many accounts (lanes) as columns; a lane's step is a function of its own state and the quotes.
 */
import { invariant } from "#base/invariant.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import type { Ledger } from "#domain/ledger.ts";
import { copyAccount, createLedger, openAccount } from "#domain/ledger.ts";
import type { Blow } from "./adversary.ts";
import { accountWidth, drawdown, writePosition } from "./account.ts";
import type { AccountRules } from "./account-rules.ts";
import { checkRules, dayTraderDays, freeAccount } from "./account-rules.ts";
import type { Costs } from "./costs.ts";
import { isContract } from "./currency.ts";
import { beginBar, endBar, protectPosition, stopOut, tradeAtOpen } from "./execution.ts";
import type { Bar } from "#domain/bar.ts";
import { barAt } from "#domain/bar.ts";
import type { FinerPrices } from "./finer.ts";
import { finerPrices } from "./finer.ts";
import type { PositionsEach } from "./positions.ts";
import {
  instrumentsOfPositions,
  netUnits,
  positionInTurn,
  positionOn,
  positionsEach,
  sidesOfPositions,
  spreadOver,
} from "./positions.ts";
import type { Quotes } from "./quotes.ts";
import { quoteStream, quoteTable } from "./quotes.ts";
import type { Sizing } from "./sizing.ts";
import { unitsToTrade } from "./sizing.ts";

/** Where orders meet prices: instruments, their quotes, and the rules. Shared by all lanes and never changed by a step. */
export interface Venue {
  readonly instruments: number;
  /** Positions of an account, P, and of each instrument: one, or a long and a short leg on hedging accounts (`positions.ts`). */
  readonly positions: number;
  readonly positionsEach: PositionsEach;
  /** `[P]`: the instrument of each position, and the side that a leg keeps to. */
  readonly instrumentOf: Int32Array;
  readonly sideOf: Int8Array;
  /** `[I]` */
  readonly contractSize: Float64Array;
  readonly lotStep: Float64Array;
  /** 1 where a position is a contract whose gains are settled, 0 where it is owned. */
  readonly contracts: Uint8Array;
  readonly quotes: Quotes;
  readonly costs: Costs;
  readonly rules: AccountRules;
  /** Shorter bars, by row of the quotes; absent: of what a bar reached, the worse came first. */
  readonly finer?: FinerPrices | undefined;
  /** True where neither rules nor volume can hold an order back: then nothing is asked. */
  readonly unbounded: boolean;
}

/** A venue, and how wanted weights become units. */
export interface SizedVenue extends Venue {
  readonly sizing: Sizing;
}

/** A venue of recorded bars. */
export interface Market extends SizedVenue {
  readonly universe: Universe;
  readonly bars: number;
}

/** What a lane is. */
export interface Accounts {
  /** `[N × P]` positions. */
  readonly ledger: Ledger;
  /** `[N]`: index of the bar that has just closed. */
  readonly bar: Int32Array;
  /** `[N]`: equity at that close, and its highest so far. */
  readonly equity: Float64Array;
  readonly peakEquity: Float64Array;
  /** `[N × P]`: prices in the instrument's currency at which a position is closed against us and for us; NaN where none rests. */
  readonly stop: Float64Array;
  readonly target: Float64Array;
  /** `[N × P]`: average price paid for what is held, in the instrument's currency; kept only where currencies are converted. */
  readonly entryPrice: Float64Array;
  /** `[N]`: 1 where a stop or a target may rest: else none is looked for. */
  readonly resting: Uint8Array;
  /** `[N × P]`: the bar in which the position was opened, and its day. */
  readonly entryBar: Int32Array;
  readonly entryDay: Int32Array;
  /** `[N]`: 1 where the last close was below maintenance: everything is closed at the next open. */
  readonly marginCall: Uint8Array;
  /** `[N]`: day of the exchange of the last fill, and fills on it that did not protect. */
  readonly day: Int32Array;
  readonly tradesToday: Int32Array;
  /** `[N × dayTraderDays]`: day trades of the last trading days. */
  readonly dayTrades: Int32Array;
  /** `[N × 3]`: fees of the day so far before they are rounded: Section 31, Trading Activity, Audit Trail. */
  readonly accrued: Float64Array;
  /** `[N]`: value traded, fills, and positions closed since the lane began. */
  readonly tradedValue: Float64Array;
  readonly fills: Int32Array;
  readonly closedPositions: Int32Array;
  /** `[N]`: orders, or parts of them, that the rules or the volume did not let through. */
  readonly unfilled: Int32Array;
  /** What an adversary does to the lane that is stepped; absent: there is none. */
  readonly blow?: Blow | undefined;
  /** `[P]`: units that weights asked for in the last step, that were traded in it, and the price of the last fill of each. */
  readonly wanted: Float64Array;
  readonly traded: Float64Array;
  readonly fillPrice: Float64Array;
  /** `[P]`: what the last fill of each was marked at, and its fee. */
  readonly fillReference: Float64Array;
  readonly fillFee: Float64Array;
  /** `[I]`: units that were traded in the present bar of the lane that is stepped, unsigned: they are missing in its volume. */
  readonly volumeUsed: Float64Array;
}

function bindsNothing({
  leverage = Infinity,
  shorts,
  positions,
  dayTrading,
  minHoldingBars,
  maxTradesPerDay,
}: AccountRules): boolean {
  const anyPosition = leverage === Infinity && shorts && positions === "netting";
  return anyPosition && dayTrading === "free" && minHoldingBars === 0 && maxTradesPerDay === 0;
}

/** A venue with room for `rows` bars; `createMarket` fills it from recorded bars, a broker bar by bar. */
export function createVenue(
  instruments: readonly Instrument[],
  costs: Costs,
  rules: AccountRules,
  rows: number,
  actions: readonly CorporateAction[] = [],
): Venue {
  checkRules(rules);
  const each = positionsEach(rules);
  return {
    instruments: instruments.length,
    positions: each * instruments.length,
    positionsEach: each,
    instrumentOf: instrumentsOfPositions(instruments.length, each),
    sideOf: sidesOfPositions(instruments.length, each),
    contractSize: Float64Array.from(instruments, ({ contractSize }) => contractSize),
    lotStep: Float64Array.from(instruments, ({ lotStep }) => lotStep),
    contracts: Uint8Array.from(instruments, (one) => (isContract(one) ? 1 : 0)),
    quotes: quoteTable(rows, instruments, costs, { actions, currency: rules.currency }),
    costs,
    rules,
    unbounded: costs.participation === undefined && bindsNothing(rules),
  };
}

/**
 * Lays the quotes of a universe out for stepping.
 * @param finer shorter bars of the same instruments: they tell whether a stop or a target was reached first; absent: the stop
 * @throws Failure config/invalid where the costs ask for what is not there
 */
export function createMarket(
  universe: Universe,
  costs: Costs,
  sizing: Sizing,
  rules: AccountRules = freeAccount,
  finer?: Universe,
): Market {
  const { instruments, openTime, actions = [] } = universe;
  const venue = createVenue(instruments, costs, rules, openTime.length, actions);
  writeQuotes(universe, venue);
  return { ...venue, finer: finer && finerPrices(universe, finer), universe, bars: openTime.length, sizing };
}

/** A bar that is filled anew for each moment. */
type Refilled = { -readonly [Name in keyof Bar]: Bar[Name] };

function writeQuotes({ instruments, timeframe, bars, actions }: Universe, venue: Venue): void {
  const { currency } = venue.rules;
  const stream = quoteStream(instruments, timeframe, venue.costs, { actions, currency, bars });
  const measured = venue.costs.spreadFrom === "quotes";
  const moment: Refilled[] = bars.map(() => ({ openTime: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 }));
  for (let t = 0; t < bars[0].openTime.length; t++) {
    for (const [i, bar] of moment.entries()) {
      bar.openTime = bars[i].openTime[t];
      bar.open = bars[i].open[t];
      bar.high = bars[i].high[t];
      bar.low = bars[i].low[t];
      bar.close = bars[i].close[t];
      bar.volume = bars[i].volume[t];
      if (measured) Object.assign(bar, { measured: barAt(bars[i], t).measured });
    }
    stream.next(moment, venue.quotes, t);
  }
}

/** Accounts for `lanes` lanes, to be started with `startLane`. */
export function createAccounts(venue: Venue, lanes: number): Accounts {
  const { positions, instruments, instrumentOf, contractSize } = venue;
  return {
    ledger: createLedger(
      lanes,
      Array.from(instrumentOf, (i) => contractSize[i]),
    ),
    bar: new Int32Array(lanes),
    equity: new Float64Array(lanes),
    peakEquity: new Float64Array(lanes),
    stop: new Float64Array(lanes * positions).fill(NaN),
    target: new Float64Array(lanes * positions).fill(NaN),
    entryPrice: new Float64Array(lanes * positions),
    resting: new Uint8Array(lanes),
    entryBar: new Int32Array(lanes * positions),
    entryDay: new Int32Array(lanes * positions),
    marginCall: new Uint8Array(lanes),
    day: new Int32Array(lanes),
    tradesToday: new Int32Array(lanes),
    dayTrades: new Int32Array(lanes * dayTraderDays),
    accrued: new Float64Array(lanes * 3),
    tradedValue: new Float64Array(lanes),
    fills: new Int32Array(lanes),
    closedPositions: new Int32Array(lanes),
    unfilled: new Int32Array(lanes),
    wanted: new Float64Array(positions),
    traded: new Float64Array(positions),
    fillPrice: new Float64Array(positions).fill(NaN),
    fillReference: new Float64Array(positions).fill(NaN),
    fillFee: new Float64Array(positions),
    volumeUsed: new Float64Array(instruments),
  };
}

const laneColumns = [
  "bar",
  "equity",
  "peakEquity",
  "stop",
  "target",
  "entryPrice",
  "resting",
  "entryBar",
  "entryDay",
  "marginCall",
  "day",
  "tradesToday",
  "dayTrades",
  "accrued",
  "tradedValue",
  "fills",
  "closedPositions",
  "unfilled",
] as const satisfies (keyof Accounts)[];

const ledgerColumns = [
  "capital",
  "cash",
  "realised",
  "fees",
  "marketGain",
  "tradingCost",
  "units",
  "cost",
  "mark",
] as const satisfies (keyof Ledger)[];

/** The columns of accounts that decide a lane's future, by name: what a snapshot or a branch copies. */
export function accountColumns(accounts: Accounts): Readonly<Record<string, Float64Array | Int32Array | Uint8Array>> {
  const { ledger } = accounts;
  return {
    ...Object.fromEntries(laneColumns.map((name) => [name, accounts[name]])),
    ...Object.fromEntries(ledgerColumns.map((name) => [`ledger.${name}`, ledger[name]])),
  };
}

/**
 * Copies a lane into another, so that a search branches from it: from then on both go their own ways. Both accounts are of one
 * venue. What an action space or a reward remembers of a lane is the caller's to copy.
 */
export function copyLane({ positions }: Venue, from: Accounts, lane: number, to: Accounts, toLane: number): void {
  to.bar[toLane] = from.bar[lane];
  to.equity[toLane] = from.equity[lane];
  to.peakEquity[toLane] = from.peakEquity[lane];
  to.resting[toLane] = from.resting[lane];
  to.marginCall[toLane] = from.marginCall[lane];
  to.day[toLane] = from.day[lane];
  to.tradesToday[toLane] = from.tradesToday[lane];
  to.tradedValue[toLane] = from.tradedValue[lane];
  to.fills[toLane] = from.fills[lane];
  to.closedPositions[toLane] = from.closedPositions[lane];
  to.unfilled[toLane] = from.unfilled[lane];
  for (let n = 0; n < 3; n++) to.accrued[toLane * 3 + n] = from.accrued[lane * 3 + n];
  for (let day = 0; day < dayTraderDays; day++) {
    to.dayTrades[toLane * dayTraderDays + day] = from.dayTrades[lane * dayTraderDays + day];
  }
  for (let p = 0; p < positions; p++) {
    const [at, toAt] = [lane * positions + p, toLane * positions + p];
    to.stop[toAt] = from.stop[at];
    to.target[toAt] = from.target[at];
    to.entryPrice[toAt] = from.entryPrice[at];
    to.entryBar[toAt] = from.entryBar[at];
    to.entryDay[toAt] = from.entryDay[at];
  }
  copyAccount(from.ledger, lane, to.ledger, toLane);
}

/** Starts a lane flat with `capital`, bar `t` having just closed. */
export function startLane(market: Market, accounts: Accounts, lane: number, t: number, capital: number): void {
  invariant(t >= 0 && t < market.bars, "a lane starts at a bar that exists", { t, bars: market.bars });
  openLane(market, accounts, lane, capital);
  accounts.bar[lane] = t;
}

/** Opens the account of a lane: flat, nothing resting, nothing accrued. */
export function openLane({ positions }: Venue, accounts: Accounts, lane: number, capital: number): void {
  openAccount(accounts.ledger, lane, capital);
  accounts.equity[lane] = capital;
  accounts.peakEquity[lane] = capital;
  accounts.stop.fill(NaN, lane * positions, (lane + 1) * positions);
  accounts.target.fill(NaN, lane * positions, (lane + 1) * positions);
  accounts.entryPrice.fill(0, lane * positions, (lane + 1) * positions);
  accounts.entryBar.fill(0, lane * positions, (lane + 1) * positions);
  accounts.entryDay.fill(0, lane * positions, (lane + 1) * positions);
  accounts.resting[lane] = 0;
  accounts.marginCall[lane] = 0;
  accounts.day[lane] = 0;
  accounts.tradesToday[lane] = 0;
  accounts.dayTrades.fill(0, lane * dayTraderDays, (lane + 1) * dayTraderDays);
  accounts.accrued.fill(0, lane * 3, lane * 3 + 3);
  accounts.tradedValue[lane] = 0;
  accounts.fills[lane] = 0;
  accounts.closedPositions[lane] = 0;
  accounts.unfilled[lane] = 0;
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
  ordersForWeights(market, accounts, lane, weights, at, accounts.wanted);
  return advanceLane(market, accounts, lane, accounts.wanted);
}

/** Units to trade `[P]` so that each instrument becomes the wanted weight of equity, sized at the close of the lane's bar. */
export function ordersForWeights(
  market: SizedVenue,
  accounts: Accounts,
  lane: number,
  weights: ArrayLike<number>,
  at: number,
  orders: Float64Array,
): void {
  const { instruments, positions, positionsEach: each, contractSize, lotStep, sizing, quotes } = market;
  const { units } = accounts.ledger;
  const now = accounts.bar[lane] * instruments;
  const worth = accounts.equity[lane];
  for (let i = 0; i < instruments; i++) {
    const first = positionOn(i, 1, each);
    const from = lane * positions + first;
    const held = netUnits(units, from, each);
    const close = quotes.close[now + i];
    const change = unitsToTrade(weights[at + i], held, worth, close, contractSize[i], lotStep[i], sizing);
    spreadOver(change, units, from, each, orders, first);
  }
}

/**
 * Moves a lane from the close of bar t to the close of t + 1: trades `orders` (signed units of each position, `[P]`) at the
 * open, lets resting stops and targets trade within the bar, marks at the close, checks the ledger.
 * @returns equity at the close of t + 1
 */
export function advanceLane(market: Market, accounts: Accounts, lane: number, orders: ArrayLike<number>): number {
  // Tested before the invariant, so that no facts are gathered while it holds.
  if (accounts.bar[lane] >= market.bars - 1) invariant(false, "there is a next bar", { bar: accounts.bar[lane], lane });
  const row = ++accounts.bar[lane];
  beginBar(market, accounts, lane, row);
  const { positions, positionsEach: each } = market;
  const { traded } = accounts;
  const called = accounts.marginCall[lane] === 1;
  for (let nth = 0; nth < positions; nth++) {
    const p = positionInTurn(nth, orders, each);
    const units = orders[p];
    traded[p] = units !== 0 || called ? tradeAtOpen(market, accounts, lane, row, p, units) : 0;
  }
  stopOut(market, accounts, lane, row);
  if (accounts.resting[lane] === 1) {
    for (let p = 0; p < positions; p++) traded[p] += protectPosition(market, accounts, lane, row, p);
  }
  return endBar(market, accounts, lane, row);
}

/** Rests a stop and a target (prices in the instrument's currency, NaN for none) at a position, in place of those that rested before. */
export function restOrders(
  { positions }: Venue,
  accounts: Accounts,
  lane: number,
  position: number,
  stop: number,
  target: number,
): void {
  accounts.stop[lane * positions + position] = stop;
  accounts.target[lane * positions + position] = target;
  accounts.resting[lane] = 1;
}

/** Writes what the agent of a lane sees of its account: `accountWidth(instruments)` numbers. */
export function observeAccount(market: Venue, accounts: Accounts, lane: number, into: Float32Array, at: number): void {
  const { ledger } = accounts;
  const worth = accounts.equity[lane];
  for (let p = 0; p < market.positions; p++) {
    const position = lane * market.positions + p;
    writePosition(
      into,
      at + 2 * p,
      ledger.units[position],
      ledger.cost[position],
      ledger.mark[position],
      ledger.contractSize[p],
      worth,
    );
  }
  into[at + accountWidth(market.positions) - 1] = drawdown(worth, accounts.peakEquity[lane]);
}
