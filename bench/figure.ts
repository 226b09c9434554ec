/** @file What a benchmark measures. */

/** One figure; further fields say how it came about. */
export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly [detail: string]: unknown;
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
