/** @file What is known of a column of training rows: quantiles, mean and deviation. */

/** Quantile of sorted numbers by linear interpolation (Hyndman and Fan, 1996, type 7). */
export function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

export function meanOf(values: Float64Array): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  return mean;
}

/** √(Σ(x − mean)² / n). */
export function standardDeviation(values: Float64Array): number {
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

/** What is smaller than this is rounding, not movement, in a sorted column. */
export function negligibleIn(sorted: Float64Array): number {
  return 1e-12 * Math.max(Math.abs(sorted[0]), Math.abs(sorted[sorted.length - 1]));
}
