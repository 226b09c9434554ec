/**
 * @file A broker on recorded bars: orders at the market fill at the next open and others within a bar, with the costs, rules,
 * matching and ledger of the simulated market.
 */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { createRng } from "#base/rng.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import type { Fill } from "#domain/fill.ts";
import type { Instrument } from "#domain/instrument.ts";
import { equity, imbalance } from "#domain/ledger.ts";
import type { Ledger } from "#domain/ledger.ts";
import { isSamePosition, positionTitle } from "#domain/leg.ts";
import type { OrderId } from "#domain/order.ts";
import { orderId } from "#domain/order.ts";
import { isApproved } from "#guardian/gate.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { Costs } from "#market/costs.ts";
import { beginBar, endBar, stopOut, tradeAtOpen } from "#market/execution.ts";
import { positionInTurn, positionNames } from "#market/positions.ts";
import type { QuoteExtras } from "#market/quotes.ts";
import type { FinerPrices } from "#market/finer.ts";
import { quoteStream, rateAt } from "#market/quotes.ts";
import type { FillStress } from "#market/stress.ts";
import { stressQuotes, withStressColumns } from "#market/stress.ts";
import { createAccounts, createVenue, openLane } from "#market/world.ts";
import type { Account, Broker } from "./broker.ts";
import type { PriceRange, Trading } from "./match-resting.ts";
import { matchResting, reducing, settleOrder } from "./match-resting.ts";
import type { RestingOrder } from "./order-book.ts";
import { orderBook } from "./order-book.ts";

/** A broker that also has to be shown the bars before trading starts, for the ATR of its slippage. */
export interface SimulatedBroker extends Broker {
  /** Takes in a closed bar of each instrument without trading. */
  warmUp(bars: readonly Bar[]): void;
  readonly ledger: Ledger;
}

/**
 * An order comes as many whole bars later; what is left of milliseconds worsens the fill of an order at the market by that share
 * of the bar's move against it.
 */
export type Latency = { readonly bars: number } | { readonly milliseconds: number };

/** This share of orders is refused, drawn from the seed and the order's id. */
export interface Rejects {
  readonly share: number;
  readonly seed: number;
}

export interface BrokerSetting {
  readonly instruments: readonly Instrument[];
  readonly timeframe: Timeframe;
  readonly costs: Costs;
  readonly capital: number;
  readonly rules?: AccountRules;
  /** Splits and dividends of raw prices. */
  readonly actions?: readonly CorporateAction[];
  /** Bars that name what is measured of them, for a spread that is to be that of quotes. */
  readonly bars?: QuoteExtras["bars"];
  /** What fills suffer, by bar that it was shown; absent: nothing. */
  readonly fills?: FillStress | undefined;
  /** How long an order, and its cancelling, is on its way; absent: not at all. */
  readonly latency?: Latency | undefined;
  /** Orders that the venue refuses; absent: none. */
  readonly rejects?: Rejects | undefined;
  /** Shorter bars, by bar that it was shown: they tell what came first within a bar. Absent: the worse came first. */
  readonly finer?: FinerPrices | undefined;
}

const nothing: readonly Fill[] = [];

/**
 * An account with `capital` in cash and no positions.
 * @throws Failure config/invalid for a latency or share of rejects that is none
 */
export function simulatedBroker(setting: BrokerSetting): SimulatedBroker {
  const { instruments, timeframe, costs, capital, rules = freeAccount, actions = [], fills, rejects, finer } = setting;
  const late = latencyOf(setting);
  checkBroker(setting);
  const plain = createVenue(instruments, costs, rules, 1, actions);
  const venue = fills === undefined && late.share === 0 ? plain : { ...plain, quotes: withStressColumns(plain.quotes) };
  const accounts = createAccounts(venue, 1);
  openLane(venue, accounts, 0, capital);
  const extras = { actions, currency: rules.currency, bars: setting.bars };
  const stream = quoteStream(instruments, timeframe, costs, extras);
  const { ledger } = accounts;
  const { quotes, positions, positionsEach, instrumentOf } = venue;
  const names = positionNames(instruments, rules);
  /** What never changes of each position. */
  const constants = names.map((name, p) => {
    const { contractSize, lotStep } = instruments[instrumentOf[p]];
    return { ...name, contractSize, lotStep };
  });
  const seen = new Map<OrderId, string | undefined>();
  const book = orderBook();
  let made: Fill[] = [];
  let openTime = 0;

  let shown = 0;
  const show = (bars: readonly Bar[]): void => {
    stream.next(bars, quotes, 0);
    if (fills !== undefined) stressQuotes(quotes, 0, fills, shown, instruments.length);
    if (late.share > 0 && quotes.latency !== undefined) {
      for (let i = 0; i < instruments.length; i++)
        quotes.latency[i] = Math.min(1, (fills ? quotes.latency[i] : 0) + late.share);
    }
    shown++;
  };

  /** What turns the instrument's currency into the account's. */
  const rateOf = (i: number): number => rateAt(quotes, i);
  const onFill = (p: number, units: number, id: OrderId): void => {
    if (units === 0) return;
    const rate = rateOf(instrumentOf[p]);
    made.push({
      orderId: id,
      ...names[p],
      side: units > 0 ? "buy" : "sell",
      units: Math.abs(units),
      price: accounts.fillPrice[p] / rate,
      referencePrice: accounts.fillReference[p] / rate,
      fee: accounts.fillFee[p],
      filledAt: openTime,
      ...(rate !== 1 && { rate }),
    });
  };
  const trading: Trading = { venue, accounts, book, onFill };
  /** Nobody decided on a liquidation: its id is of the bar in which it happens. */
  const liquidation = (p: number): OrderId => orderId(`${positionTitle(names[p])}-liquidation`, openTime);

  /** Returns true where something was filled. */
  const fillAtOpen = (order: RestingOrder): boolean => {
    const p = order.position;
    const reduces = order.order.reduceOnly === true;
    const split = quotes.split === undefined ? 1 : quotes.split[order.instrument];
    const wanted = reduces
      ? reducing({ ...order, units: order.units * split }, ledger.units[p]) / split
      : order.direction * order.units;
    const units = wanted === 0 ? 0 : tradeAtOpen(venue, accounts, 0, 0, p, wanted);
    if (units === 0) return false;
    onFill(p, units, order.order.id);
    settleOrder(trading, order, units, NaN);
    book.removePointless(p, ledger.units[p], accounts.bar[0]);
    return true;
  };
  const ordered = new Float64Array(positions);
  /** Orders at the open of a bar; a margin call trades every position, ordered or not, and ends every order that is no protection. */
  const tradeOpen = (): void => {
    let due = book.takeDue(accounts.bar[0]);
    const called = accounts.marginCall[0] === 1;
    ordered.fill(0);
    for (const { position, direction, units } of due) ordered[position] += direction * units;
    for (let nth = 0; nth < positions; nth++) {
      const p = positionInTurn(nth, ordered, positionsEach);
      const own = due.length === 0 ? due : due.filter(({ position }) => position === p);
      for (const order of own) {
        const { ocoGroup } = order.order;
        if (!due.includes(order) || !fillAtOpen(order) || ocoGroup === undefined) continue;
        due = due.filter((other) => other.order.ocoGroup !== ocoGroup);
      }
      if (called && ledger.units[p] !== 0) onFill(p, tradeAtOpen(venue, accounts, 0, 0, p, 0), liquidation(p));
    }
    if (called) book.removeEntries();
  };
  /** A stop that lies before a liquidation takes its position out of it first. */
  const liquidateWithin = (): void => {
    accounts.stop.fill(NaN);
    for (const { position, direction, order, stop } of book.resting) {
      if (order.reduceOnly !== true || Number.isNaN(stop)) continue;
      const nearest = accounts.stop[position];
      if (Number.isNaN(nearest) || direction * (nearest - stop) > 0) accounts.stop[position] = stop;
    }
    accounts.traded.fill(0);
    stopOut(venue, accounts, 0, 0);
    for (let p = 0; p < positions; p++) onFill(p, accounts.traded[p], liquidation(p));
  };
  const matchWithin = (): void => {
    for (let p = 0; p < positions; p++) {
      book.removePointless(p, ledger.units[p], accounts.bar[0]);
      for (const range of piecesOf(instrumentOf[p])) matchResting(trading, p, range);
    }
  };
  /** A bar as one piece, or the shorter ones that it consists of, in the account's currency. */
  const piecesOf = (i: number): readonly PriceRange[] => {
    if (finer === undefined || finer.start[shown - 1] === finer.start[shown]) {
      return [{ open: quotes.open[i], high: quotes.high[i], low: quotes.low[i] }];
    }
    const rate = rateOf(i);
    const pieces: PriceRange[] = [];
    for (let k = finer.start[shown - 1]; k < finer.start[shown]; k++) {
      const at = k * instruments.length + i;
      pieces.push({ open: finer.open[at] * rate, high: finer.high[at] * rate, low: finer.low[at] * rate });
    }
    return pieces;
  };

  return {
    ledger,
    warmUp: show,

    async settle(bars) {
      show(bars);
      openTime = bars[0].openTime;
      accounts.bar[0]++;
      beginBar(venue, accounts, 0, 0);
      // Most bars have nothing to fill: nothing is made for them.
      const busy = !book.empty;
      if (busy) book.begin(accounts.bar[0], quotes.day[0], (i) => (quotes.split === undefined ? 1 : quotes.split[i]));
      if (busy || accounts.marginCall[0] === 1) tradeOpen();
      if (rules.maintenance > 0) liquidateWithin();
      if (book.resting.length > 0) matchWithin();
      endBar(venue, accounts, 0, 0);
      if (book.resting.length > 0) book.follow(accounts.bar[0], (i) => bars[i].close);
      if (made.length === 0) return nothing;
      const settled = made;
      made = [];
      return settled;
    },

    async account(): Promise<Account> {
      return {
        equity: equity(ledger, 0),
        peakEquity: accounts.peakEquity[0],
        ledgerImbalance: imbalance(ledger, 0),
        positions: constants.map(({ symbol, leg, contractSize, lotStep }, p) => ({
          symbol,
          ...(leg !== undefined && { leg }),
          contractSize,
          lotStep,
          units: ledger.units[p],
          cost: ledger.cost[p],
          mark: ledger.mark[p],
          unitsUnderWay: book.empty ? 0 : book.unitsUnderWay(p),
          halfSpread: quotes.halfSpread[instrumentOf[p]],
          ...(quotes.rate && ledger.units[p] !== 0 && { entryPrice: accounts.entryPrice[p] }),
          ...(rateOf(instrumentOf[p]) !== 1 && { rate: rateOf(instrumentOf[p]) }),
        })),
      };
    },

    openOrders: async () => book.list(),

    async submit(order) {
      invariant(isApproved(order), "a broker takes only what the Guardian approved", { id: order.id });
      const position = names.findIndex((name) => isSamePosition(name, order));
      invariant(position >= 0, "an order names a position of this broker", {
        symbol: order.symbol,
        leg: order.leg,
      });
      if (seen.has(order.id)) return seen.get(order.id);
      const refused = rejects !== undefined && createRng(rejects.seed, `reject/${order.id}`).uniform() < rejects.share;
      const reason = refused ? "the venue took no order" : undefined;
      seen.set(order.id, reason);
      const activeFrom = accounts.bar[0] + 1 + late.bars;
      if (reason === undefined) book.add(order, { position, instrument: instrumentOf[position], activeFrom });
      return reason;
    },

    async cancel(id) {
      // Heard of before the next bar it ends at once.
      if (late.bars === 0) book.remove(id);
      else book.cancel(id, accounts.bar[0] + 1 + late.bars);
    },
  };
}

/** Whole bars that an order is on its way, and the share of a bar beyond them. */
function latencyOf({ latency, timeframe }: BrokerSetting): { readonly bars: number; readonly share: number } {
  if (latency === undefined) return { bars: 0, share: 0 };
  if ("bars" in latency) return { bars: latency.bars, share: 0 };
  const bars = latency.milliseconds / timeframeMs[timeframe];
  return { bars: Math.floor(bars), share: bars - Math.floor(bars) };
}

function checkBroker({ rejects, latency }: BrokerSetting): void {
  const refuse = (found: string): never => {
    throw new Failure("config/invalid", found);
  };
  if (latency !== undefined && "bars" in latency && !(Number.isInteger(latency.bars) && latency.bars >= 0)) {
    refuse(`broker.latency: ${latency.bars} is no number of bars`);
  }
  if (
    latency !== undefined &&
    "milliseconds" in latency &&
    !(latency.milliseconds >= 0 && latency.milliseconds < Infinity)
  ) {
    refuse(`broker.latency: ${latency.milliseconds} is no time in milliseconds`);
  }
  if (rejects !== undefined && !(rejects.share >= 0 && rejects.share <= 1)) {
    refuse(`broker.rejects: ${rejects.share} is no share of orders`);
  }
}
