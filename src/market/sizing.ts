/** @file From a wanted weight to units to trade: the same sum in the simulated market and in the trader. */

/** How wanted weights become orders. */
export interface Sizing {
  /** Trades smaller than this fraction of the larger of old and new position are left out, so that drift does not churn. */
  readonly rebalanceBand: number;
}

export const defaultSizing: Sizing = { rebalanceBand: 0.2 };

/**
 * Signed units to trade so that a position becomes `weight` of `equity` at `price`, towards zero to whole lot steps; 0 for
 * a change within the band. A weight of 0 closes the whole position, and so does any where no equity is left.
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
  return Math.abs(change) <= sizing.rebalanceBand * larger ? 0 : change;
}
