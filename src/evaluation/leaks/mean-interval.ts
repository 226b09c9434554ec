/** @file How sure one can be of a mean of gains that know nothing of each other. Pure. */

export interface MeanInterval {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/** Standard errors to each side of a 99.9 % interval of a normal mean: a sound subject is suspected once in a thousand runs. */
const errors = 3.2905;

/**
 * The mean with its 99.9 % interval, mean ± 3.29 · s / √n. Gains of a martingale have no correlation with each other, so that
 * no blocks are needed.
 */
export function meanInterval(gains: ArrayLike<number>): MeanInterval {
  const n = gains.length;
  let mean = 0;
  for (let at = 0; at < n; at++) mean += gains[at] / n;
  let squares = 0;
  for (let at = 0; at < n; at++) squares += (gains[at] - mean) ** 2;
  const half = n < 2 ? Infinity : errors * Math.sqrt(squares / (n - 1) / n);
  return { mean, lower: mean - half, upper: mean + half };
}

/** In basis points a bar. */
export function inBps({ mean, lower, upper }: MeanInterval): string {
  const bps = (value: number): string => (1e4 * value).toFixed(2);
  return `${bps(mean)} bps a bar (99.9 % interval ${bps(lower)} to ${bps(upper)})`;
}
