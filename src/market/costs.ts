/** @file What trading costs: half the spread and slippage in the price, commission in cash. Always adverse, never negative. */

/** One set of costs. All are at least zero. */
export interface Costs {
  /** Full quoted spread in basis points of the price; each side pays half. */
  readonly spreadBps: number;
  /** Slippage as a fraction of the raw ATR of the decision bar, in price units, against us. */
  readonly slippageAtr: number;
  /** Commission in basis points of the traded value. */
  readonly commissionBps: number;
}

/** No costs at all: for tests and for showing what costs do, never for a verdict. */
export const freeOfCosts: Costs = { spreadBps: 0, slippageAtr: 0, commissionBps: 0 };

/** A liquid index fund at a retail broker: 1 bp spread, 1 % of the ATR slippage, 1 bp commission. */
export const indexFundCosts: Costs = { spreadBps: 1, slippageAtr: 0.01, commissionBps: 1 };

/**
 * Price of a market order filled at `open`: open + direction · (open · spread / 2 + slippage · ATR).
 * @param direction 1 to buy, −1 to sell
 * @param atr raw ATR up to the decision bar, in price units
 */
export function fillPrice(open: number, direction: number, atr: number, costs: Costs): number {
  return open + direction * (open * costs.spreadBps * 0.5e-4 + costs.slippageAtr * atr);
}

/** Commission on signed `units` at `price`, in account currency. */
export function commission(units: number, price: number, contractSize: number, costs: Costs): number {
  return Math.abs(units * price * contractSize) * costs.commissionBps * 1e-4;
}
