/** @file Is one policy better than another on the same bars, by more than luck? Pure. */

/** So many standard errors away from no difference, one is clearly better. */
const clear = 2;

/**
 * True where the mean log return of the first is above that of the second by more than two standard errors of the paired
 * difference. The standard error is that of the means of ⌊√T⌋ blocks of time, so that bars may remember those before.
 * @param one `[T]` @param other `[T]`
 */
export function clearlyBetter(one: Float64Array, other: Float64Array): boolean {
  const blocks = Math.floor(Math.sqrt(one.length));
  if (blocks < 2) return false;
  const length = Math.floor(one.length / blocks);
  const means = new Float64Array(blocks);
  for (let t = 0; t < blocks * length; t++) means[Math.floor(t / length)] += (one[t] - other[t]) / length;
  const mean = means.reduce((sum, value) => sum + value, 0) / blocks;
  const squares = means.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return mean > clear * Math.sqrt(squares / (blocks - 1) / blocks);
}
