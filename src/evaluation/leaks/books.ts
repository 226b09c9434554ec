/**
 * @file The books of a backtest kept again from its fills alone: cash, units and prices. Nothing is read from the ledger that
 * traded; what holding costs and what companies pay is that of the market's quotes.
 */
import { invariant } from "#base/invariant.ts";
import { isSamePosition } from "#domain/leg.ts";
import { signedUnits } from "#domain/order.ts";
import type { Fill } from "#domain/fill.ts";
import { freeAccount } from "#market/account-rules.ts";
import { isContract } from "#market/currency.ts";
import { positionNames } from "#market/positions.ts";
import type { Market } from "#market/world.ts";
import { createMarket } from "#market/world.ts";
import type { Backtest, BacktestSetting } from "../backtest.ts";

export interface Books {
  /** Cash and positions at each close, `[to − from]`. */
  readonly equity: Float64Array;
  /** Paid in each bar for trading and holding: fees, spread, slippage, carry. */
  readonly cost: Float64Array;
}

interface Account {
  cash: number;
  cost: number;
  readonly units: Float64Array;
}

/** Equity at each close = cash + Σ units · close · contract size, where cash has paid for every fill, and for what was held. */
export function booksOf({ fills }: Backtest, setting: BacktestSetting): Books {
  const { universe, from, to, costs, sizing, rules = freeAccount, capital } = setting;
  const market = createMarket(universe, costs, sizing, rules);
  const names = positionNames(universe.instruments, rules);
  const contracts = universe.instruments.map(isContract);
  const account: Account = { cash: capital, cost: 0, units: new Float64Array(names.length) };
  const books = { equity: new Float64Array(to - from), cost: new Float64Array(to - from) };
  books.equity[0] = capital;
  let next = 0;
  for (let t = from + 1; t < to; t++) {
    const paid = account.cost;
    hold(account, market, contracts, t);
    for (; next < fills.length && fills[next].filledAt === universe.openTime[t]; next++) {
      const p = names.findIndex((name) => isSamePosition(name, fills[next]));
      invariant(p >= 0, "a fill is of a position of the account", { symbol: fills[next].symbol });
      post(account, fills[next], p, market.contractSize[market.instrumentOf[p]]);
    }
    books.equity[t - from] = worth(account, market, t);
    books.cost[t - from] = account.cost - paid;
  }
  return books;
}

/** What happens to positions from one bar to the next: rates change, shares are split, dividends and carry are paid. */
function hold(account: Account, market: Market, contracts: readonly boolean[], t: number): void {
  const { quotes, instruments, instrumentOf, contractSize } = market;
  for (let p = 0; p < account.units.length; p++) {
    const i = instrumentOf[p];
    const at = t * instruments + i;
    const size = contractSize[i];
    const change = quotes.rateChange?.[at] ?? 1;
    // Gains of a contract are settled at the rate of their moment: what it is restated by is owed.
    if (change !== 1 && contracts[i])
      account.cash -= account.units[p] * quotes.close[at - instruments] * (change - 1) * size;
    account.units[p] *= quotes.split?.[at] ?? 1;
    const held = account.units[p];
    account.cash += held * (quotes.dividend?.[at] ?? 0) * size;
    const carry = (held > 0 ? quotes.carryLong?.[at] : quotes.carryShort?.[at]) ?? 0;
    const owed = Math.abs(held) * carry;
    account.cash -= owed;
    account.cost += owed;
  }
}

function post(account: Account, fill: Fill, p: number, size: number): void {
  const { price, referencePrice, fee, rate = 1 } = fill;
  const units = signedUnits(fill);
  account.cash -= units * price * rate * size + fee;
  account.cost += fee + units * (price - referencePrice) * rate * size;
  account.units[p] += units;
}

function worth(
  { cash, units }: Account,
  { quotes, instruments, instrumentOf, contractSize }: Market,
  t: number,
): number {
  let value = cash;
  for (let p = 0; p < units.length; p++) {
    const i = instrumentOf[p];
    if (units[p] !== 0) value += units[p] * quotes.close[t * instruments + i] * contractSize[i];
  }
  return value;
}
