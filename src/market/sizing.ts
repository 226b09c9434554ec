/** @file From a wanted weight to units to trade: the same sum in the simulated market and in the trader. */
import { maxOrderFraction } from "#domain/position-limit.ts";

/** What the Guardian computes from the same numbers must not come out larger by its rounding. */
const mostOrder = maxOrderFraction * (1 - 1e-9);

/** How wanted weights become orders. */
export interface Sizing {
  /** Trades smaller than this fraction of the larger of old and new position are left out, so that drift does not churn. */
  readonly rebalanceBand: number;
}

export const defaultSizing: Sizing = { rebalanceBand: 0.2 };

/**
 * Signed units to trade so that a position becomes `weight` of `equity` at `price`, towards zero to whole lot steps; 0 for
 * a change within the band. A weight of 0 closes the whole position, and so does any where no equity is left. No order is worth
 * more than `maxOrderFraction` of the equity, but what it takes to close: a position that has outgrown its account is closed now
 * and turned at the next bar.
 */
export function unitsToTrade(
  weight: number,
  heldUnits: number,
  equity: number,
  price: number,
  contractSize: number,
  lotStep: number,
  sizing: Sizing,
): number {
  if (weight === 0 || equity <= 0) return -heldUnits;
  const wanted = Math.trunc((weight * equity) / (price * contractSize * lotStep)) * lotStep;
  const change = wanted - heldUnits;
  const larger = Math.max(Math.abs(wanted), Math.abs(heldUnits));
  if (Math.abs(change) <= sizing.rebalanceBand * larger) return 0;
  const each = price * contractSize;
  return Math.abs(change) * each > mostOrder * equity ? largestOrder(change, heldUnits, equity, each, lotStep) : change;
}

/** As much of a change as one order may be worth, in whole lot steps, and at least what of it only closes. */
function largestOrder(change: number, held: number, equity: number, each: number, lotStep: number): number {
  const most = Math.floor((mostOrder * equity) / (each * lotStep)) * lotStep;
  const closes = change * held < 0 ? Math.min(Math.abs(held), Math.abs(change)) : 0;
  return Math.sign(change) * Math.max(most, closes);
}
