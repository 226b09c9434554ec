/** @file What trading and holding costs: settings as plain numbers, each always against us or nothing. */

/**
 * One set of costs. All are at least zero unless they say otherwise; what is absent costs nothing. Prices are of the
 * instrument, money of the account.
 */
export interface Costs {
  /** Full quoted spread in basis points of the price; each side pays half. */
  readonly spreadBps: number;
  /** Full quoted spread in pips of the instrument, beside `spreadBps`. */
  readonly spreadPips?: number | undefined;
  /** `[168]`: what `spreadBps` and `spreadPips` are multiplied by in each hour of the week of the market's clock, Monday 00:00 first. */
  readonly spreadByHour?: readonly number[] | undefined;
  /** `quotes`: the spread is the measured column `spreadBps` of each bar, and nothing beside it. */
  readonly spreadFrom?: "quotes" | undefined;
  /** Slippage as a fraction of the raw ATR up to the decision bar, in price, against us. */
  readonly slippageAtr: number;
  /** Share by which slippage is drawn around that, evenly: 0.5 draws from half of it to one and a half. Below 1. */
  readonly slippageRange?: number | undefined;
  /** Seed of what is drawn; a bar's draw depends on it, the symbol and the time alone. */
  readonly slippageSeed?: number | undefined;
  /** Commission in basis points of the traded value, of orders that take liquidity. */
  readonly commissionBps: number;
  /** The same of orders that rest in the book and provide it; absent: as `commissionBps`. Negative is a rebate. */
  readonly makerBps?: number | undefined;
  /** Commission on each unit (share, lot), in account currency. */
  readonly commissionPerUnit?: number | undefined;
  /** Least commission of a fill, in account currency. */
  readonly commissionMinimum?: number | undefined;
  /** Fees that regulators take, by date: Section 31, TAF and CAT of shares in the United States (`costs/regulatory-fees.ts`). */
  readonly regulatory?: "us-equities" | "none" | undefined;
  /** Price impact of q units, in daily deviations: `impact` · √(q / volume of a day); Almgren et al., Risk 18, 2005. */
  readonly impact?: number | undefined;
  /** Largest share of a bar's volume that may be traded in it; what is beyond is not filled. */
  readonly participation?: number | undefined;
  /** Interest a year on the value of a short position, in basis points. */
  readonly borrowBps?: number | undefined;
  /** Swap of a night (22:00 UTC in winter: 17:00 in New York) in pips, three nights on Wednesday. Positive is paid, negative received. */
  readonly swapLongPips?: number | undefined;
  readonly swapShortPips?: number | undefined;
  /** Funding of perpetuals in basis points of the value every eight hours; longs pay it, shorts get it. May be negative. */
  readonly fundingBps?: number | undefined;
}

/** No costs at all: for tests and for showing what costs do, never for a verdict. */
export const freeOfCosts: Costs = { spreadBps: 0, slippageAtr: 0, commissionBps: 0 };

/** A liquid index fund at a retail broker: 1 bp spread, 1 % of the ATR slippage, 1 bp commission. */
export const indexFundCosts: Costs = { spreadBps: 1, slippageAtr: 0.01, commissionBps: 1 };

/** Price of an order that takes liquidity at `reference`, the middle: half the spread and the slippage worse. */
export function fillPrice(reference: number, direction: number, halfSpread: number, slippage: number): number {
  return reference + direction * (halfSpread + slippage);
}

/** Commission on signed `units` at `price`, in account currency; `maker` where the order rested in the book. */
export function commission(units: number, price: number, contractSize: number, costs: Costs, maker = false): number {
  const { commissionBps, makerBps = commissionBps, commissionPerUnit = 0, commissionMinimum = 0 } = costs;
  const size = Math.abs(units);
  const fee = size * price * contractSize * (maker ? makerBps : commissionBps) * 1e-4 + size * commissionPerUnit;
  return fee < commissionMinimum && fee >= 0 ? commissionMinimum : fee;
}
