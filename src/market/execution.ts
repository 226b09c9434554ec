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
import { dayTraderDays } from "./account-rules.ts";
import { commission, fillPrice } from "./costs.ts";
import { ratesEach, regulatoryCharge, sumsEach } from "./costs/regulatory-charge.ts";
import { regulatoryRates } from "./costs/regulatory-fees.ts";
import { limitPrice, stopPrice } from "./matching.ts";
import { permitted } from "./permitted.ts";
import type { Quotes } from "./quotes.ts";
import { rateAt, worseBy } from "./quotes.ts";
import type { Accounts, Venue } from "./world.ts";

/**
 * A new bar of row `row` begins for a lane: a new day starts its counts anew, positions held since the bar before are split,
 * bring their dividends and cost, and an account that is liquidated within the bar and that opens below its maintenance is called.
 */
export function beginBar(venue: Venue, accounts: Accounts, lane: number, row: number): void {
  const { quotes, rules } = venue;
  const day = quotes.day[row];
  if (quotes.capacity !== undefined) accounts.volumeUsed.fill(0);
  if (day !== accounts.day[lane]) beginDay(accounts, lane, day);
  if (quotes.rateChange !== undefined) changeRates(venue, accounts, lane, row);
  if (quotes.split !== undefined) applyActions(venue, accounts, lane, row);
  if (quotes.carryLong !== undefined) carry(venue, accounts, lane, row);
  if (rules.maintenance > 0 && rules.liquidation === "within-bar") {
    if (excess(venue, accounts, lane, row, 0) < 0) accounts.marginCall[lane] = 1;
  }
}

/**
 * Turns what is held to the currency rates of a bar. A contract is restated without a gain, so that each move of its price is
 * settled at the rate of its moment; what is owned gains or loses by the rate when it is marked at the open. What rests stays as
 * it is: a price in the instrument's currency.
 */
function changeRates(venue: Venue, accounts: Accounts, lane: number, row: number): void {
  const { quotes, positions, instruments, instrumentOf, contracts } = venue;
  const { rateChange } = quotes;
  if (rateChange === undefined) return;
  const { ledger } = accounts;
  for (let p = 0; p < positions; p++) {
    const change = rateChange[row * instruments + instrumentOf[p]];
    if (change === 1 || contracts[instrumentOf[p]] === 0) continue;
    restatePosition(ledger, lane, p, ledger.mark[lane * positions + p] * change);
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
      accounts.entryPrice[position] /= split[at];
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
  if (quotes.capacity !== undefined) accounts.volumeUsed[i] += Math.abs(units);
  const open = quotes.open[at];
  const { blow } = accounts;
  let half = quotes.halfSpread[at];
  let worse = worseBy(quotes, at, units);
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
 * happened in between is not known, and the worse is taken, unless shorter bars tell.
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
  const { finer } = venue;
  const direction = held > 0 ? -1 : 1;
  const half = quotes.halfSpread[quote];
  const rate = rateAt(quotes, quote);
  const [stopAt, targetAt] = [stop * rate, target * rate];
  // The bar as one piece, or the shorter ones that it consists of, which are in the instrument's currency.
  let prices: Pick<Quotes, "open" | "high" | "low"> = quotes;
  let [piece, end, worth] = [row, row + 1, 1];
  if (finer !== undefined && finer.start[row] < finer.start[row + 1]) {
    prices = finer;
    [piece, end, worth] = [finer.start[row], finer.start[row + 1], rate];
  }
  const { open, high, low } = prices;
  let [stopped, taken] = [NaN, NaN];
  for (; piece < end && Number.isNaN(stopped) && Number.isNaN(taken); piece++) {
    const k = piece * instruments + instrumentOf[position];
    const [first, most, least] = [open[k] * worth, high[k] * worth, low[k] * worth];
    stopped = stopPrice(direction, stopAt, first, most, least, half);
    if (Number.isNaN(stopped)) taken = limitPrice(direction, targetAt, first, most, least, half);
  }
  if (Number.isNaN(stopped) && Number.isNaN(taken)) return 0;
  const maker = Number.isNaN(stopped);
  tradeWithin(venue, accounts, lane, row, position, -held, maker ? taken : stopped, maker);
  accounts.stop[at] = NaN;
  accounts.target[at] = NaN;
  return -held;
}

/**
 * Trades signed units of a position within a bar at `level`, which `stopPrice` or `limitPrice` gave: half the spread is in it.
 * @param maker true for a limit order; others are filled worse than the level, as far as `worst`
 */
export function tradeWithin(
  venue: Venue,
  accounts: Accounts,
  lane: number,
  row: number,
  position: number,
  units: number,
  level: number,
  maker: boolean,
  worst: number = NaN,
): void {
  const { quotes, instruments, instrumentOf } = venue;
  const quote = row * instruments + instrumentOf[position];
  const direction = units > 0 ? 1 : -1;
  const slipped = maker ? level : level + direction * worseBy(quotes, quote, units);
  const price = direction * (slipped - worst) > 0 ? worst : slipped;
  post(venue, accounts, lane, row, position, units, price, level - direction * quotes.halfSpread[quote], maker);
}

/**
 * Liquidates a lane within a bar, where its rules say so: at the prices at which its equity meets its maintenance. All
 * positions are taken to run against it at once and in step, from the open to the worse end of the bar or to a stop that lies
 * before it, since the way between is not known; of one position that is exact, of two legs of an instrument it is
 * more against the account than the bar can do, since one of them gains while the other loses.
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
    const price = fillPrice(level, units > 0 ? -1 : 1, quotes.halfSpread[at], worseBy(quotes, at, units));
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
  const stop = accounts.stop[lane * positions + p] * rateAt(quotes, at);
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

/** Average price paid for what is held after a fill at `price`: what only reduces a position leaves it as it is. */
function entryPrice(paid: number, before: number, after: number, price: number): number {
  if (before * after <= 0) return price;
  const added = Math.abs(after) - Math.abs(before);
  return added <= 0 ? paid : (paid * Math.abs(before) + price * added) / Math.abs(after);
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
  const quoteAt = row * venue.instruments + instrumentOf[position];
  const before = accounts.ledger.units[at];
  let fee = commission(units, price, size, costs, maker);
  if (quotes.regulatory !== undefined) {
    const { accrued } = accounts;
    fee += regulatoryCharge(quotes.regulatory, row * ratesEach, accrued, lane * sumsEach, units, price * size);
    // Throws, and says which rate is not known: what nobody knows is not taken for nothing.
    if (Number.isNaN(fee)) regulatoryRates(quotes.day[row]);
  }
  postFill(accounts.ledger, lane, position, units, price, reference, fee);
  accounts.fillPrice[position] = price;
  accounts.fillReference[position] = reference;
  accounts.fillFee[position] = fee;
  accounts.tradedValue[lane] += Math.abs(units * price * size);
  accounts.fills[lane]++;
  const after = accounts.ledger.units[at];
  if (quotes.rate !== undefined) {
    accounts.entryPrice[at] = entryPrice(accounts.entryPrice[at], before, after, price / quotes.rate[quoteAt]);
  }
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
