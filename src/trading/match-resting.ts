/**
 * @file Resting orders within a bar, by the matching of the simulated market. What happened between a bar's prices is not known,
 * and the worse is taken: stops before limits, each by price and then by time, and no target in the moment of its entry.
 */
import type { OrderId } from "#domain/order.ts";
import { tradeWithin } from "#market/execution.ts";
import { limitPrice, stopPrice } from "#market/matching.ts";
import { permitted } from "#market/permitted.ts";
import { rateAt } from "#market/quotes.ts";
import type { Accounts, Venue } from "#market/world.ts";
import type { OrderBook, RestingOrder } from "./order-book.ts";

/** Prices between which an instrument moved, in a bar or in a part of one, in the account's currency. */
export interface PriceRange {
  readonly open: number;
  readonly high: number;
  readonly low: number;
}

/** A venue of one row with the account that trades there, and what is told of each fill. */
export interface Trading {
  readonly venue: Venue;
  readonly accounts: Accounts;
  readonly book: OrderBook;
  readonly onFill: (position: number, units: number, id: OrderId) => void;
}

/** Lets the orders of a position trade within a range of the present bar. */
export function matchResting(trading: Trading, position: number, range: PriceRange): void {
  const { venue, accounts, book } = trading;
  if (venue.quotes.blocked !== undefined && venue.quotes.blocked[venue.instrumentOf[position]] === 2) return;
  const bar = accounts.bar[0];
  const active = book.resting.filter((each) => each.position === position && each.activeFrom <= bar);
  if (active.length === 0) return;
  const late = new Set<RestingOrder>();
  const stops = active.filter(({ stop }) => !Number.isNaN(stop)).sort(nearestStop);
  for (const each of stops) if (book.resting.includes(each)) tryStop(trading, each, range, late);
  const limits = active.filter((each) => Number.isNaN(each.stop) && !late.has(each)).sort(nearestLimit);
  for (const each of limits) if (book.resting.includes(each)) tryLimit(trading, each, range);
  // What an entry has brought may lose in what is left of the range; it gains only where the entry was at its open.
  const fresh = book.resting.filter((each) => each.position === position && !Number.isNaN(each.since));
  for (const each of fresh) if (!Number.isNaN(each.stop)) tryStop(trading, each, range, late);
  for (const each of fresh)
    if (each.since === range.open && book.resting.includes(each)) tryLimit(trading, each, range);
  for (const each of fresh) each.since = NaN;
}

/** A price that an order names, which is in its instrument's currency, in the account's. */
function inAccount({ venue }: Trading, { instrument }: RestingOrder, price: number): number {
  return price * rateAt(venue.quotes, instrument);
}

/** Sells come before buys; of each, what the price comes to first. Equals stay in the order in which they came. */
function nearestStop(one: RestingOrder, other: RestingOrder): number {
  return one.direction - other.direction || one.direction * (one.stop - other.stop);
}

function nearestLimit(one: RestingOrder, other: RestingOrder): number {
  return one.direction - other.direction || one.direction * (other.limit - one.limit);
}

function tryStop(trading: Trading, order: RestingOrder, range: PriceRange, late: Set<RestingOrder>): void {
  const { direction, since, instrument } = order;
  const [stop, limit] = [inAccount(trading, order, order.stop), inAccount(trading, order, order.limit)];
  const { open, high, low } = range;
  const half = trading.venue.quotes.halfSpread[instrument];
  const from = Number.isNaN(since) ? open : since;
  const level = stopPrice(direction, stop, from, high, low, half);
  if (Number.isNaN(level)) return;
  if (Number.isNaN(limit)) {
    trade(trading, order, range, level, NaN);
    // What is left of a market order is cancelled.
    trading.book.remove(order.order.id);
    return;
  }
  order.stop = NaN;
  if (direction * (level - limit) <= 0) trade(trading, order, range, level, limit);
  // Triggered after the open: whether the price was at the limit after that is not known, and it waits.
  if (level !== open + direction * half) late.add(order);
}

function tryLimit(trading: Trading, order: RestingOrder, range: PriceRange): void {
  const { open, high, low } = range;
  const half = trading.venue.quotes.halfSpread[order.instrument];
  const level = limitPrice(order.direction, inAccount(trading, order, order.limit), open, high, low, half);
  if (!Number.isNaN(level)) trade(trading, order, range, level, undefined);
}

/**
 * Trades what the position, volume and rules let through; orders that only reduce are held back by the position alone.
 * @param worst of an order that takes liquidity, how bad its price may become, NaN for any; absent: it is a limit order
 */
function trade(
  trading: Trading,
  order: RestingOrder,
  range: PriceRange,
  level: number,
  worst: number | undefined,
): void {
  const { venue, accounts, book, onFill } = trading;
  const { position, instrument, direction } = order;
  const held = accounts.ledger.units[position];
  const reduces = order.order.reduceOnly === true;
  const wanted = reduces ? reducing(order, held) : direction * order.units;
  const units = reduces || venue.unbounded ? wanted : permitted(venue, accounts, 0, 0, position, wanted);
  if (units === 0) return;
  tradeWithin(venue, accounts, 0, 0, position, units, level, worst === undefined, worst);
  if (!reduces) {
    accounts.tradesToday[0]++;
    accounts.volumeUsed[instrument] += Math.abs(units);
  }
  const half = direction * venue.quotes.halfSpread[instrument];
  settleOrder(trading, order, units, level === range.open + half ? range.open : level - half);
  onFill(position, units, order.order.id);
  book.removePointless(position, accounts.ledger.units[position], accounts.bar[0]);
}

/** Signed units by which an order makes a position smaller; a billionth is rounding, and the whole position then. */
export function reducing({ direction, units }: RestingOrder, held: number): number {
  if (direction * held >= 0) return 0;
  return Math.abs(held) <= units * (1 + 1e-9) ? -held : direction * units;
}

/** Takes what was traded off an order, ends what ends with it and brings what it brings. */
export function settleOrder({ accounts, book }: Trading, order: RestingOrder, units: number, since: number): void {
  order.units -= Math.abs(units);
  book.removeOthers(order);
  if (order.units <= 1e-9 * Math.abs(units)) book.remove(order.order.id);
  book.protect(order, Math.abs(units), since, accounts.bar[0]);
}
