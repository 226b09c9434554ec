/** @file What happens to an account in one bar: holding costs, trades at the open, resting stops and targets, the close. */
import { invariant } from "#base/invariant.ts";
import {
  checkLedger,
  equity,
  markPosition,
  postFill,
  postHoldingCost,
  postIncome,
  restatePosition,
  splitPosition,
} from "#domain/ledger.ts";
import { dayTraderDays, dayTraderEquity, dayTraderRuleEnds, dayTradesAllowed } from "./account-rules.ts";
import { commission, fillPrice } from "./costs.ts";
import { ratesEach, regulatoryCharge, sumsEach } from "./costs/regulatory-charge.ts";
import { limitPrice, stopPrice } from "./matching.ts";
import type { Quotes } from "./quotes.ts";
import type { Accounts, Venue } from "./world.ts";

/**
 * A new bar of row `row` begins for a lane: a new day starts its counts anew, positions held since the bar before are split,
 * bring their dividends and cost, and an account that is liquidated within the bar and that opens below its maintenance is called.
 */
export function beginBar(venue: Venue, accounts: Accounts, lane: number, row: number): void {
  const { quotes, rules } = venue;
  const day = quotes.day[row];
  if (day !== accounts.day[lane]) beginDay(accounts, lane, day);
  if (quotes.rateChange !== undefined) changeRates(venue, accounts, lane, row);
  if (quotes.split !== undefined) applyActions(venue, accounts, lane, row);
  if (quotes.carryLong !== undefined) carry(venue, accounts, lane, row);
  if (rules.maintenance > 0 && rules.liquidation === "within-bar") {
    if (excess(venue, accounts, lane, row, 0) < 0) accounts.marginCall[lane] = 1;
  }
}

/**
 * Turns what is held and what rests to the currency rates of a bar. A contract is restated without a gain, so that each move of
 * its price is settled at the rate of its moment; what is owned gains or loses by the rate when it is marked at the open.
 */
function changeRates(venue: Venue, accounts: Accounts, lane: number, row: number): void {
  const { quotes, positions, instruments, instrumentOf, contracts } = venue;
  const { rateChange } = quotes;
  if (rateChange === undefined) return;
  const { ledger } = accounts;
  for (let p = 0; p < positions; p++) {
    const change = rateChange[row * instruments + instrumentOf[p]];
    if (change === 1) continue;
    const position = lane * positions + p;
    accounts.stop[position] *= change;
    accounts.target[position] *= change;
    if (contracts[instrumentOf[p]] === 1) restatePosition(ledger, lane, p, ledger.mark[position] * change);
  }
}

/** Splits positions with the prices that rest at them; dividends are credited to long positions and debited from short ones. */
function applyActions(venue: Venue, accounts: Accounts, lane: number, row: number): void {
  const { quotes, positions, instruments, instrumentOf } = venue;
  const { split, dividend } = quotes;
  if (split === undefined || dividend === undefined) return;
  const { ledger } = accounts;
  for (let p = 0; p < positions; p++) {
    const at = row * instruments + instrumentOf[p];
    const position = lane * positions + p;
    if (split[at] !== 1) {
      splitPosition(ledger, lane, p, split[at]);
      accounts.stop[position] /= split[at];
      accounts.target[position] /= split[at];
    }
    const paid = ledger.units[position] * dividend[at] * ledger.contractSize[p];
    if (paid !== 0) postIncome(ledger, lane, paid);
  }
}

function carry({ quotes, positions, instruments, instrumentOf }: Venue, accounts: Accounts, lane: number, row: number) {
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
  accounts.accrued.fill(0, lane * sumsEach, (lane + 1) * sumsEach);
  // The days before move on by one trading day; the oldest falls out.
  const from = lane * dayTraderDays;
  accounts.dayTrades.copyWithin(from + 1, from, from + dayTraderDays - 1);
  accounts.dayTrades[from] = 0;
}

/**
 * Trades signed units of a position at the open of a bar, as far as volume and the account's rules let it; a margin call
 * closes the position instead. `ordered` counts units of the close before: what was split since is more of them.
 * @returns units traded
 */
export function tradeAtOpen(
  venue: Venue,
  accounts: Accounts,
  lane: number,
  row: number,
  position: number,
  ordered: number,
): number {
  const called = accounts.marginCall[lane] === 1;
  const { quotes, instruments, instrumentOf } = venue;
  const i = instrumentOf[position];
  const at = row * instruments + i;
  const wanted = quotes.split === undefined ? ordered : ordered * quotes.split[at];
  let units = called ? -accounts.ledger.units[lane * venue.positions + position] : wanted;
  if (isBlocked(venue, accounts, at, called)) units = 0;
  else if (!called && !venue.unbounded) units = permitted(venue, accounts, lane, row, position, wanted);
  if (units !== wanted) {
    accounts.unfilled[lane]++;
    if (!called) forgetFailedTurn(accounts, lane * venue.positions + position, wanted, units);
  }
  if (units === 0) return 0;
  const open = quotes.open[at];
  const { blow } = accounts;
  let half = quotes.halfSpread[at];
  let worse = worseBy(venue, at, units);
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

/** Where a turn was held back, the stop and the target that were put there for the new position are not for the old one. */
function forgetFailedTurn({ ledger, stop, target }: Accounts, at: number, wanted: number, units: number): void {
  const held = ledger.units[at];
  if (held * (held + wanted) < 0 && held * (held + units) > 0) {
    stop[at] = NaN;
    target[at] = NaN;
  }
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
  const { open, high, low, halfSpread } = quotes;
  const direction = held > 0 ? -1 : 1;
  const half = halfSpread[quote];
  const stopped = stopPrice(direction, stop, open[quote], high[quote], low[quote], half);
  const taken = Number.isNaN(stopped) ? limitPrice(direction, target, open[quote], high[quote], low[quote], half) : NaN;
  if (Number.isNaN(stopped) && Number.isNaN(taken)) return 0;
  const maker = Number.isNaN(stopped);
  const level = maker ? taken : stopped;
  const price = maker ? level : level + direction * worseBy(venue, quote, held);
  post(venue, accounts, lane, row, position, -held, price, level - direction * half, maker);
  accounts.stop[at] = NaN;
  accounts.target[at] = NaN;
  return -held;
}

/** How much worse than the spread `units` that take liquidity are filled, in price: slippage, and what they move. */
function worseBy({ quotes }: Venue, at: number, units: number): number {
  const { slippage, impact } = quotes;
  return impact === undefined ? slippage[at] : slippage[at] + impact[at] * Math.sqrt(Math.abs(units));
}

/**
 * Liquidates a lane within a bar, where its rules say so: at the prices at which its equity meets its maintenance. All
 * positions are taken to run against it at once and in step, from the open to the worse end of the bar or to a stop that lies
 * before it, since the way between is not known; of one position that is exact.
 */
export function stopOut(venue: Venue, accounts: Accounts, lane: number, row: number): void {
  const { rules, quotes, positions, instruments, instrumentOf } = venue;
  if (rules.maintenance === 0 || rules.liquidation !== "within-bar") return;
  const atWorst = excess(venue, accounts, lane, row, 1);
  if (!(atWorst < 0)) return;
  const atOpen = excess(venue, accounts, lane, row, 0);
  const share = atOpen > 0 ? atOpen / (atOpen - atWorst) : 0;
  for (let p = 0; p < positions; p++) {
    const units = accounts.ledger.units[lane * positions + p];
    if (units === 0) continue;
    const at = row * instruments + instrumentOf[p];
    const level = priceAgainst(venue, accounts, lane, row, p, share);
    const price = fillPrice(level, units > 0 ? -1 : 1, quotes.halfSpread[at], worseBy(venue, at, units));
    post(venue, accounts, lane, row, p, -units, price, level, false);
    accounts.traded[p] -= units;
  }
}

/** Equity beyond maintenance, at prices that have gone `share` of the way from the open against each position. */
function excess(venue: Venue, accounts: Accounts, lane: number, row: number, share: number): number {
  const { rules, positions } = venue;
  const { ledger } = accounts;
  let left = ledger.cash[lane];
  for (let p = 0; p < positions; p++) {
    const units = ledger.units[lane * positions + p] * ledger.contractSize[p];
    if (units === 0) continue;
    left += (units - rules.maintenance * Math.abs(units)) * priceAgainst(venue, accounts, lane, row, p, share);
  }
  return left;
}

/** Price that has gone `share` of the way from the open to the worse end of the bar, or to a stop before it. */
function priceAgainst(venue: Venue, accounts: Accounts, lane: number, row: number, p: number, share: number): number {
  const { quotes, positions, instruments, instrumentOf } = venue;
  const at = row * instruments + instrumentOf[p];
  const open = quotes.open[at];
  if (share === 0) return open;
  const stop = accounts.stop[lane * positions + p];
  let worst = quotes.low[at];
  if (accounts.ledger.units[lane * positions + p] > 0) {
    if (stop > worst) worst = Math.min(open, stop);
  } else {
    worst = quotes.high[at];
    if (stop < worst) worst = Math.max(open, stop);
  }
  return open + share * (worst - open);
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
  const against = held * units < 0;
  if (against && accounts.bar[lane] - accounts.entryBar[lane * positions + position] < rules.minHoldingBars) return 0;
  if (against && Math.abs(units) <= Math.abs(held)) return units;
  // From here on the order opens something. What only closes of it is let through.
  const closing = against ? -held : 0;
  if (rules.maxTradesPerDay > 0 && accounts.tradesToday[lane] >= rules.maxTradesPerDay) return closing;
  if (rules.dayTrading === "pattern-day-trader" && dayTraderStopped(venue, accounts, lane, position, against)) {
    return closing;
  }
  if (!rules.shorts && held + units < 0) units = closing;
  if (rules.positions === "hedging") units = ownSide(position, held, units);
  const { leverage = Infinity } = rules;
  return leverage === Infinity ? units : affordable(venue, accounts, lane, row, position, units, leverage);
}

/** A long leg is never short, a short leg never long. */
function ownSide(position: number, held: number, units: number): number {
  const long = position % 2 === 0;
  return long ? Math.max(units, -held) : Math.min(units, -held);
}

/**
 * Below the old threshold a position is not opened while its closing on the same day could be the fourth day trade in five
 * days: those that were made count, and the closing of every position that was opened today.
 */
function dayTraderStopped(
  { positions }: Venue,
  accounts: Accounts,
  lane: number,
  position: number,
  turns: boolean,
): boolean {
  const today = accounts.day[lane];
  if (today >= dayTraderRuleEnds || accounts.equity[lane] >= dayTraderEquity) return false;
  let trades = 0;
  for (let day = 0; day < dayTraderDays; day++) trades += accounts.dayTrades[lane * dayTraderDays + day];
  for (let p = 0; p < positions; p++) {
    const at = lane * positions + p;
    if (p === position && !turns) continue;
    if (accounts.ledger.units[at] !== 0 && accounts.entryDay[at] === today) trades++;
  }
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
  leverage: number,
): number {
  const { quotes, instruments, instrumentOf, positions, lotStep, contractSize, costs } = venue;
  const { commissionBps, commissionPerUnit = 0, commissionMinimum = 0 } = costs;
  const { ledger } = accounts;
  let [worth, others] = [ledger.cash[lane] - commissionMinimum, 0];
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
  const worse = quotes.halfSpread[at] + worseBy(venue, at, wanted);
  const each = (quotes.open[at] + worse) * contractSize[i] * (1 + commissionBps * 1e-4) + commissionPerUnit;
  const most = Math.max(0, Math.floor((leverage * worth - others) / (each * lotStep[i])) * lotStep[i]);
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
  if (quotes.regulatory !== undefined) {
    const { accrued } = accounts;
    fee += regulatoryCharge(quotes.regulatory, row * ratesEach, accrued, lane * sumsEach, units, price * size);
  }
  postFill(accounts.ledger, lane, position, units, price, reference, fee);
  accounts.fillPrice[position] = price;
  accounts.fillReference[position] = reference;
  accounts.fillFee[position] = fee;
  accounts.tradedValue[lane] += Math.abs(units * price * size);
  accounts.fills[lane]++;
  const after = accounts.ledger.units[at];
  if (before * units < 0 && accounts.entryDay[at] === quotes.day[row]) {
    accounts.dayTrades[lane * dayTraderDays]++;
    // Closed in parts on the day it was opened it is one day trade.
    accounts.entryDay[at] = -1;
  }
  if (before * after <= 0) {
    if (before !== 0) accounts.closedPositions[lane]++;
    accounts.entryBar[at] = accounts.bar[lane];
    accounts.entryDay[at] = quotes.day[row];
    // What protected a position ends with it; where it was turned, what rests was put there for the new one.
    if (after === 0) {
      accounts.stop[at] = NaN;
      accounts.target[at] = NaN;
    }
  }
  if (!Number.isFinite(price)) invariant(false, "a fill has a price", { lane, position, price });
}
