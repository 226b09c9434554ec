/** @file What an agent sees of its own account: the same numbers in the simulated market and in the trader. */

/** Float32 numbers that describe an account in `instruments` instruments: two for each, and the drawdown. */
export function accountWidth(instruments: number): number {
  return 2 * instruments + 1;
}

/**
 * Writes a position as [signed weight of equity, unrealised gain as a fraction of equity], both 0 where no equity is left.
 * `cost` is what it cost at entry.
 */
export function writePosition(
  into: Float32Array,
  at: number,
  units: number,
  cost: number,
  mark: number,
  contractSize: number,
  equity: number,
): void {
  const value = units * mark * contractSize;
  into[at] = equity > 0 ? value / equity : 0;
  into[at + 1] = equity > 0 ? (value - cost) / equity : 0;
}

/** Drawdown as a positive fraction of the high-water mark. */
export function drawdown(equity: number, peakEquity: number): number {
  return 1 - equity / peakEquity;
}
