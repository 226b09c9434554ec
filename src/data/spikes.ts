/** @file Prices that leap away and come straight back: what a wrong print does, and a market rarely. */

export interface Spike {
  /** The bar whose close leapt. */
  readonly index: number;
  readonly logReturn: number;
  /** Usual size of a log return around it: 1.4826 · median |r|, which is σ for a normal r. */
  readonly scale: number;
}

/** A leap is this many usual moves. */
const leap = 10;
/** Returns on either side from which the usual move is taken. */
const around = 50;
/** Median of |x| to σ of a normal x. */
const normalScale = 1.4826;
/** What may remain of a leap after the next bar. */
const remaining = 0.3;

/** Spikes in closes `[T]`: |rₜ| ≥ 10 times its surroundings and |rₜ + rₜ₊₁| ≤ 0.3 · |rₜ|. */
export function returnSpikes(close: Float64Array): Spike[] {
  const returns = new Float64Array(close.length);
  for (let t = 1; t < close.length; t++) {
    const logReturn = Math.log(close[t] / close[t - 1]);
    returns[t] = Number.isFinite(logReturn) ? logReturn : 0;
  }
  const found: Spike[] = [];
  for (let t = 1; t + 1 < close.length; t++) {
    const logReturn = returns[t];
    if (Math.abs(logReturn + returns[t + 1]) > remaining * Math.abs(logReturn) || logReturn === 0) continue;
    if (!isLeap(returns, t)) continue;
    const scale = usualMove(returns, t);
    if (scale > 0 && Math.abs(logReturn) >= leap * scale) found.push({ index: t, logReturn, scale });
  }
  return found;
}

/** Whether most returns around `t` are so small that its own is a leap: what `usualMove` would say, without sorting. */
function isLeap(returns: Float64Array, t: number): boolean {
  const small = Math.abs(returns[t]) / (leap * normalScale);
  const from = Math.max(1, t - around);
  const to = Math.min(returns.length, t + 2 + around);
  // As many may be larger without being the median. A share of rounding is left to `usualMove`, which decides.
  let larger = Math.ceil((to - from - 2) / 2);
  for (let at = from; at < to; at++) {
    if (at !== t && at !== t + 1 && Math.abs(returns[at]) > small * (1 + 1e-9) && --larger < 0) return false;
  }
  return true;
}

/** Robust scale of the returns around `t`, without those of the leap itself and its way back. */
function usualMove(returns: Float64Array, t: number): number {
  const sizes: number[] = [];
  const to = Math.min(returns.length, t + 2 + around);
  for (let at = Math.max(1, t - around); at < to; at++) {
    if (at !== t && at !== t + 1) sizes.push(Math.abs(returns[at]));
  }
  sizes.sort((a, b) => a - b);
  return sizes.length === 0 ? 0 : normalScale * sizes[Math.floor(sizes.length / 2)];
}
