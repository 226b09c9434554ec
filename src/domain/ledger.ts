/**
 * @file The double-entry ledger that training, backtest, paper and live share: many accounts (lanes) as columns,
 * so that the simulated market can keep one for each lane without an allocation.
 */
import { invariant } from "#base/invariant.ts";

/**
 * Accounts of `N` lanes in `I` instruments. Balance sheet of a lane:
 * cash + Σ cost = capital + realised − fees (every posting touches two sides), and
 * equity = cash + Σ units · mark · contractSize.
 */
export interface Ledger {
  readonly lanes: number;
  readonly instruments: number;
  /** `[I]`: value of one unit at a price of 1. */
  readonly contractSize: Float64Array;
  /** `[N]`, account currency. */
  readonly capital: Float64Array;
  readonly cash: Float64Array;
  readonly realised: Float64Array;
  readonly fees: Float64Array;
  /** `[N]`: what the market gave, Σ position · Δprice, and what trading cost (fees, spread, slippage), kept apart from cash so that they check it. */
  readonly marketGain: Float64Array;
  readonly tradingCost: Float64Array;
  /** `[N × I]`: signed units, what they cost at entry, and the last price they were valued at. */
  readonly units: Float64Array;
  readonly cost: Float64Array;
  readonly mark: Float64Array;
}

/** A ledger with empty accounts. */
export function createLedger(lanes: number, contractSizes: readonly number[]): Ledger {
  const instruments = contractSizes.length;
  const perLane = (): Float64Array => new Float64Array(lanes);
  const perPosition = (): Float64Array => new Float64Array(lanes * instruments);
  return {
    lanes,
    instruments,
    contractSize: Float64Array.from(contractSizes),
    capital: perLane(),
    cash: perLane(),
    realised: perLane(),
    fees: perLane(),
    marketGain: perLane(),
    tradingCost: perLane(),
    units: perPosition(),
    cost: perPosition(),
    mark: perPosition(),
  };
}

/** Starts a lane anew: flat, with `capital` in cash. */
export function openAccount(ledger: Ledger, lane: number, capital: number): void {
  ledger.capital[lane] = capital;
  ledger.cash[lane] = capital;
  ledger.realised[lane] = 0;
  ledger.fees[lane] = 0;
  ledger.marketGain[lane] = 0;
  ledger.tradingCost[lane] = 0;
  const from = lane * ledger.instruments;
  for (let at = from; at < from + ledger.instruments; at++) {
    ledger.units[at] = 0;
    ledger.cost[at] = 0;
    ledger.mark[at] = 0;
  }
}

/** Copies the account of a lane into another lane of a ledger of the same instruments. */
export function copyAccount(from: Ledger, lane: number, to: Ledger, toLane: number): void {
  to.capital[toLane] = from.capital[lane];
  to.cash[toLane] = from.cash[lane];
  to.realised[toLane] = from.realised[lane];
  to.fees[toLane] = from.fees[lane];
  to.marketGain[toLane] = from.marketGain[lane];
  to.tradingCost[toLane] = from.tradingCost[lane];
  for (let i = 0; i < from.instruments; i++) {
    const [at, toAt] = [lane * from.instruments + i, toLane * from.instruments + i];
    to.units[toAt] = from.units[at];
    to.cost[toAt] = from.cost[at];
    to.mark[toAt] = from.mark[at];
  }
}

/** Values a position at `price`; the difference to the last mark is the market's gain. */
export function markPosition(ledger: Ledger, lane: number, instrument: number, price: number): void {
  const at = lane * ledger.instruments + instrument;
  const units = ledger.units[at];
  if (units !== 0) ledger.marketGain[lane] += units * (price - ledger.mark[at]) * ledger.contractSize[instrument];
  ledger.mark[at] = price;
}

/**
 * Posts a fill of signed `units` at `price`. The position is first marked at `referencePrice` (the price without spread
 * and slippage); what was paid beyond it, and the fee, is trading cost.
 */
export function postFill(
  ledger: Ledger,
  lane: number,
  instrument: number,
  units: number,
  price: number,
  referencePrice: number,
  fee: number,
): void {
  markPosition(ledger, lane, instrument, referencePrice);
  const at = lane * ledger.instruments + instrument;
  const size = ledger.contractSize[instrument];
  const before = ledger.units[at];
  const after = before + units;
  const value = units * price * size;
  ledger.cash[lane] -= value + fee;
  ledger.fees[lane] += fee;
  ledger.tradingCost[lane] += fee + units * (price - referencePrice) * size;
  if (before * units >= 0) {
    ledger.cost[at] += value;
  } else if (before * after > 0) {
    // Reduced: the closed part leaves at the average entry cost.
    const released = ledger.cost[at] * (-units / before);
    ledger.cost[at] -= released;
    ledger.realised[lane] += -value - released;
  } else {
    // Closed or turned: all of the old position leaves, the rest enters at this price.
    ledger.realised[lane] += before * price * size - ledger.cost[at];
    ledger.cost[at] = after * price * size;
  }
  ledger.units[at] = after;
}

/** Posts money that positions bring without a trade: a dividend, interest received. Negative where we owe it, as a short position does. */
export function postIncome(ledger: Ledger, lane: number, amount: number): void {
  ledger.cash[lane] += amount;
  ledger.realised[lane] += amount;
  ledger.marketGain[lane] += amount;
}

/** Posts what holding positions costs: borrowing, swap, funding. Negative where it is received. */
export function postHoldingCost(ledger: Ledger, lane: number, amount: number): void {
  ledger.cash[lane] -= amount;
  ledger.fees[lane] += amount;
  ledger.tradingCost[lane] += amount;
}

/** Splits a position: `ratio` new units for each old one, at a price that much lower; its value and its cost stay. */
export function splitPosition(ledger: Ledger, lane: number, instrument: number, ratio: number): void {
  const at = lane * ledger.instruments + instrument;
  ledger.units[at] *= ratio;
  ledger.mark[at] /= ratio;
}

/**
 * Values a contract at another rate of its currency, `mark` in account currency, without a gain: what it is worth more is owed.
 * Its gains so far were settled at the rates of their moments.
 */
export function restatePosition(ledger: Ledger, lane: number, instrument: number, mark: number): void {
  const at = lane * ledger.instruments + instrument;
  const more = ledger.units[at] * (mark - ledger.mark[at]) * ledger.contractSize[instrument];
  ledger.cash[lane] -= more;
  ledger.cost[at] += more;
  ledger.mark[at] = mark;
}

/** Cash plus the value of all positions at their marks, in account currency. */
export function equity(ledger: Ledger, lane: number): number {
  let value = ledger.cash[lane];
  const from = lane * ledger.instruments;
  for (let i = 0; i < ledger.instruments; i++) {
    const at = from + i;
    if (ledger.units[at] !== 0) value += ledger.units[at] * ledger.mark[at] * ledger.contractSize[i];
  }
  return value;
}

/** How far the books are from balance, relative to what passed through them: 0 but for rounding. */
export function imbalance(ledger: Ledger, lane: number): number {
  let inventory = 0;
  let value = 0;
  const from = lane * ledger.instruments;
  for (let i = 0; i < ledger.instruments; i++) {
    const at = from + i;
    inventory += ledger.cost[at];
    if (ledger.units[at] !== 0) value += ledger.units[at] * ledger.mark[at] * ledger.contractSize[i];
  }
  const cash = ledger.cash[lane];
  const capital = ledger.capital[lane];
  const scale = Math.max(Math.abs(cash), Math.abs(value), capital, Math.abs(ledger.realised[lane]), 1e-300);
  const sheet = cash + inventory - (capital + ledger.realised[lane] - ledger.fees[lane]);
  const gain = cash + value - (capital + ledger.marketGain[lane] - ledger.tradingCost[lane]);
  return Math.max(Math.abs(sheet), Math.abs(gain)) / scale;
}

/** Largest imbalance that rounding explains (DESIGN law 2). */
export const balanceTolerance = 1e-9;

/**
 * The law of the ledger: both identities hold to `balanceTolerance`.
 * @throws InvariantBroken
 */
export function checkLedger(ledger: Ledger, lane: number): void {
  const off = imbalance(ledger, lane);
  if (!(off <= balanceTolerance)) invariant(false, "the ledger balances", { lane, imbalance: off });
}
