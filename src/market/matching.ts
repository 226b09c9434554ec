/**
 * @file When a resting order trades within a bar, and at which price: the same answers in the simulated market and in the
 * simulated broker. A buyer pays the ask, a seller gets the bid; bars are of the middle between them.
 */

/** Which way an order trades: 1 buys, −1 sells. */
export type Direction = 1 | -1;

/**
 * Price at which a stop order trades, before slippage; NaN where it is not reached. A bar that opens beyond the level fills
 * it at the open: a gap is not given back.
 */
export function stopPrice(
  direction: Direction,
  level: number,
  open: number,
  high: number,
  low: number,
  halfSpread: number,
): number {
  if (direction > 0) {
    if (open + halfSpread >= level) return open + halfSpread;
    return high + halfSpread >= level ? level : NaN;
  }
  if (open - halfSpread <= level) return open - halfSpread;
  return low - halfSpread <= level ? level : NaN;
}

/**
 * Price at which a limit order trades; NaN where it is not reached. It trades at its level, or at the open where that is
 * better; a price that only touches the level does not fill it, since others were there first.
 */
export function limitPrice(
  direction: Direction,
  level: number,
  open: number,
  high: number,
  low: number,
  halfSpread: number,
): number {
  if (direction > 0) {
    if (open + halfSpread <= level) return open + halfSpread;
    return low + halfSpread < level ? level : NaN;
  }
  if (open - halfSpread >= level) return open - halfSpread;
  return high - halfSpread > level ? level : NaN;
}
