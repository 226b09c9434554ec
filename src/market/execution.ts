/** @file What happens to an account in one bar: holding costs, trades at the open, resting stops and targets, the close. */
import { invariant } from "#base/invariant.ts";
import { checkLedger, equity, markPosition, postFill, postHoldingCost } from "#domain/ledger.ts";
import { dayTraderDays, dayTraderEquity, dayTraderRuleEnds, dayTradesAllowed } from "./account-rules.ts";
import { commission, fillPrice } from "./costs.ts";
import { limitPrice, stopPrice } from "./matching.ts";
import type { Quotes } from "./quotes.ts";
import type { Accounts, Venue } from "./world.ts";

/** A new bar of row `row` begins for a lane: a new day starts its counts anew, and positions held over night cost. */
export function beginBar(venue: Venue, accounts: Accounts, lane: number, row: number): void {
  const { quotes, positions, instruments, instrumentOf } = venue;
  const day = quotes.day[row];
  if (day !== accounts.day[lane]) beginDay(accounts, lane, day);
  const { carryLong, carryShort } = quotes;
  if (carryLong === undefined || carryShort === undefined) return;
  const { ledger } = accounts;
  for (let p = 0; p < positions; p++) {
    const units = ledger.units[lane * positions + p];
    if (units === 0) continue;
    const at = row * instruments + instrumentOf[p];
    postHoldingCost(ledger, lane, units > 0 ? units * carryLong[at] : -units * carryShort[at]);
  }
}

function beginDay(accounts: Accounts, lane: number, day: number): void {
  accounts.day[lane] = day;
  accounts.tradesToday[lane] = 0;
  accounts.accrued.fill(0, lane * 3, lane * 3 + 3);
  // The days before move on by one trading day; the oldest falls out.
  const from = lane * dayTraderDays;
  accounts.dayTrades.copyWithin(from + 1, from, from + dayTraderDays - 1);
  accounts.dayTrades[from] = 0;
}

/**
 * Trades signed units of a position at the open of a bar, as far as volume and the account's rules let it; a margin call
 * closes the position instead.
 * @returns units traded
 */
export function tradeAtOpen(
  venue: Venue,
  accounts: Accounts,
  lane: number,
  row: number,
  position: number,
  wanted: number,
): number {
  const called = accounts.marginCall[lane] === 1;
  const { quotes, instruments, instrumentOf } = venue;
  const i = instrumentOf[position];
  const at = row * instruments + i;
  let units = called ? -accounts.ledger.units[lane * venue.positions + position] : wanted;
  if (isBlocked(venue, accounts, at, called)) units = 0;
  else if (!called && !venue.unbounded) units = permitted(venue, accounts, lane, row, position, wanted);
  if (units !== wanted) accounts.unfilled[lane]++;
  if (units === 0) return 0;
  const open = quotes.open[at];
  const impact = quotes.impact === undefined ? 0 : quotes.impact[at] * Math.sqrt(Math.abs(units));
  const { blow } = accounts;
  let half = quotes.halfSpread[at];
  let worse = quotes.slippage[at] + impact;
  if (quotes.latency !== undefined) worse += quotes.latency[at] * adverseMove(quotes, at, units);
  if (blow !== undefined) {
    half *= blow.spread;
    worse = worse * blow.slippage + blow.gap * open + blow.delay * adverseMove(quotes, at, units);
  }
  const price = fillPrice(open, units > 0 ? 1 : -1, half, worse);
  post(venue, accounts, lane, row, position, units, price, open, false);
  if (!called) accounts.tradesToday[lane]++;
  return units;
}

/** Does stress or an adversary keep an order out? A margin call is the venue's own order: only a halt stops it. */
function isBlocked({ quotes }: Venue, { blow }: Accounts, at: number, called: boolean): boolean {
  if (quotes.blocked !== undefined && quotes.blocked[at] > (called ? 1 : 0)) return true;
  return blow !== undefined && blow.reject && !called;
}

/** How far the bar goes against an order from its open, in price. */
function adverseMove({ open, high, low }: Quotes, at: number, units: number): number {
  return units > 0 ? high[at] - open[at] : open[at] - low[at];
}

/**
 * Lets the stop and the target of a position trade within a bar. Where the bar reached both, the stop was first: what
 * happened in between is not known, and the worse is taken.
 * @returns units traded
 */
export function protectPosition(venue: Venue, accounts: Accounts, lane: number, row: number, position: number): number {
  const at = lane * venue.positions + position;
  const [stop, target] = [accounts.stop[at], accounts.target[at]];
  if (Number.isNaN(stop) && Number.isNaN(target)) return 0;
  const held = accounts.ledger.units[at];
  if (held === 0) {
    accounts.stop[at] = NaN;
    accounts.target[at] = NaN;
    return 0;
  }
  const { quotes, instruments, instrumentOf } = venue;
  const quote = row * instruments + instrumentOf[position];
  if (quotes.blocked !== undefined && quotes.blocked[quote] === 2) return 0;
  const { open, high, low, halfSpread, slippage } = quotes;
  const direction = held > 0 ? -1 : 1;
  const half = halfSpread[quote];
  const stopped = stopPrice(direction, stop, open[quote], high[quote], low[quote], half);
  const taken = Number.isNaN(stopped) ? limitPrice(direction, target, open[quote], high[quote], low[quote], half) : NaN;
  if (Number.isNaN(stopped) && Number.isNaN(taken)) return 0;
  const maker = Number.isNaN(stopped);
  const level = maker ? taken : stopped;
  const price = maker ? level : level + direction * slippage[quote];
  post(venue, accounts, lane, row, position, -held, price, level - direction * half, maker);
  accounts.stop[at] = NaN;
  accounts.target[at] = NaN;
  return -held;
}

/**
 * Closes a bar for a lane: marks positions, tells a margin call, checks the ledger.
 * @returns equity at the close
 */
export function endBar(venue: Venue, accounts: Accounts, lane: number, row: number): number {
  const { positions, instruments, instrumentOf, quotes, rules } = venue;
  const { ledger } = accounts;
  for (let p = 0; p < positions; p++) {
    markPosition(ledger, lane, p, quotes.close[row * instruments + instrumentOf[p]]);
  }
  const after = equity(ledger, lane);
  checkLedger(ledger, lane);
  accounts.equity[lane] = after;
  if (after > accounts.peakEquity[lane]) accounts.peakEquity[lane] = after;
  if (rules.maintenance > 0) {
    accounts.marginCall[lane] = after < rules.maintenance * grossValue(venue, accounts, lane) ? 1 : 0;
  }
  return after;
}

/** Value of all positions at their marks, long and short alike. */
export function grossValue({ positions }: Venue, { ledger }: Accounts, lane: number): number {
  let gross = 0;
  for (let p = 0; p < positions; p++) {
    const at = lane * positions + p;
    if (ledger.units[at] !== 0) gross += Math.abs(ledger.units[at] * ledger.mark[at] * ledger.contractSize[p]);
  }
  return gross;
}

/** The part of an order that volume and rules let through; an order that only reduces a position is held by the least of them. */
function permitted(
  venue: Venue,
  accounts: Accounts,
  lane: number,
  row: number,
  position: number,
  wanted: number,
): number {
  const { quotes, instruments, instrumentOf, lotStep, rules, positions } = venue;
  const i = instrumentOf[position];
  const at = row * instruments + i;
  let units = wanted;
  if (quotes.capacity !== undefined && Math.abs(units) > quotes.capacity[at]) {
    units = Math.sign(units) * Math.floor(quotes.capacity[at] / lotStep[i]) * lotStep[i];
  }
  const held = accounts.ledger.units[lane * positions + position];
  const reduces = held * units < 0 && Math.abs(units) <= Math.abs(held);
  if (
    held !== 0 &&
    held * units < 0 &&
    accounts.bar[lane] - accounts.entryBar[lane * positions + position] < rules.minHoldingBars
  ) {
    return 0;
  }
  if (reduces) return units;
  if (rules.maxTradesPerDay > 0 && accounts.tradesToday[lane] >= rules.maxTradesPerDay) return 0;
  if (rules.dayTrading === "pattern-day-trader" && dayTraderStopped(accounts, lane)) return -held;
  if (!rules.shorts && held + units < 0) units = -held;
  if (rules.positions === "hedging") units = ownSide(position, held, units);
  return rules.leverage === Infinity ? units : affordable(venue, accounts, lane, row, position, units);
}

/** A long leg is never short, a short leg never long. */
function ownSide(position: number, held: number, units: number): number {
  const long = position % 2 === 0;
  return long ? Math.max(units, -held) : Math.min(units, -held);
}

/** Below the old threshold a position is not opened once its closing could be the fourth day trade in five days. */
function dayTraderStopped(accounts: Accounts, lane: number): boolean {
  if (accounts.day[lane] >= dayTraderRuleEnds || accounts.equity[lane] >= dayTraderEquity) return false;
  let trades = 0;
  for (let day = 0; day < dayTraderDays; day++) trades += accounts.dayTrades[lane * dayTraderDays + day];
  return trades >= dayTradesAllowed;
}

/** What the buying power leaves of an order: after it all positions together are worth at most `leverage` times equity. */
function affordable(
  venue: Venue,
  accounts: Accounts,
  lane: number,
  row: number,
  position: number,
  wanted: number,
): number {
  const { quotes, instruments, instrumentOf, positions, lotStep, contractSize, rules } = venue;
  const { ledger } = accounts;
  let [worth, others] = [ledger.cash[lane], 0];
  for (let p = 0; p < positions; p++) {
    const units = ledger.units[lane * positions + p];
    const value = units * quotes.open[row * instruments + instrumentOf[p]] * ledger.contractSize[p];
    worth += value;
    if (p !== position) others += Math.abs(value);
  }
  const i = instrumentOf[position];
  const at = row * instruments + i;
  const held = ledger.units[lane * positions + position];
  // A unit bought takes its costs out of equity as well: they count as if they were part of its price.
  const worse = quotes.halfSpread[at] + quotes.slippage[at];
  const each = (quotes.open[at] + worse) * contractSize[i] * (1 + venue.costs.commissionBps * 1e-4);
  const most = Math.max(0, Math.floor((rules.leverage * worth - others) / (each * lotStep[i])) * lotStep[i]);
  const after = held + wanted;
  if (Math.abs(after) <= most) return wanted;
  const kept = Math.sign(after) * Math.max(most, after * held > 0 ? Math.min(Math.abs(held), Math.abs(after)) : 0);
  return kept - held;
}

/** Posts a fill with its fees, and keeps what the rules count. */
function post(
  venue: Venue,
  accounts: Accounts,
  lane: number,
  row: number,
  position: number,
  units: number,
  price: number,
  reference: number,
  maker: boolean,
): void {
  const { contractSize, instrumentOf, costs, quotes, positions } = venue;
  const at = lane * positions + position;
  const size = contractSize[instrumentOf[position]];
  const before = accounts.ledger.units[at];
  let fee = commission(units, price, size, costs, maker);
  if (quotes.regulatory !== undefined)
    fee += regulatoryFee(quotes.regulatory, accounts, lane, row, units, price * size);
  postFill(accounts.ledger, lane, position, units, price, reference, fee);
  accounts.fillPrice[position] = price;
  accounts.fillReference[position] = reference;
  accounts.fillFee[position] = fee;
  accounts.tradedValue[lane] += Math.abs(units * price * size);
  accounts.fills[lane]++;
  const after = accounts.ledger.units[at];
  if (before * after <= 0) {
    if (before !== 0) accounts.closedPositions[lane]++;
    if (before !== 0 && accounts.entryDay[at] === quotes.day[row]) accounts.dayTrades[lane * dayTraderDays]++;
    accounts.entryBar[at] = accounts.bar[lane];
    accounts.entryDay[at] = quotes.day[row];
    // What protected the old position does not protect the new one.
    if (before !== 0) {
      accounts.stop[at] = NaN;
      accounts.target[at] = NaN;
    }
  }
  if (!Number.isFinite(price)) invariant(false, "a fill has a price", { lane, position, price });
}

/** Rates of a bar in `Quotes.regulatory`. */
const rates = 4;

/**
 * Fees of regulators on a fill. Each is summed over the day and rounded up to the cent there, as Alpaca charges it: a fill
 * pays what the day's rounded sum grows by.
 */
function regulatoryFee(
  table: Float64Array,
  accounts: Accounts,
  lane: number,
  row: number,
  units: number,
  priceOfUnit: number,
): number {
  const at = row * rates;
  const shares = Math.abs(units);
  const sold = units < 0;
  let fee = accrue(accounts, lane * 3 + 2, shares * table[at + 3]);
  if (sold) {
    fee += accrue(accounts, lane * 3, shares * priceOfUnit * table[at]);
    fee += accrue(accounts, lane * 3 + 1, Math.min(shares * table[at + 1], table[at + 2]));
  }
  return fee;
}

function accrue(accounts: Accounts, at: number, amount: number): number {
  if (amount === 0) return 0;
  const before = accounts.accrued[at];
  const after = before + amount;
  accounts.accrued[at] = after;
  return (cents(after) - cents(before)) / 100;
}

/** Whole cents, rounded up; a billionth of a cent is rounding of the sum, not money. */
function cents(amount: number): number {
  return Math.ceil(amount * 100 - 1e-9);
}
