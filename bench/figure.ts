/** @file What a benchmark measures. */

/** One figure; further fields say how it came about. */
export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly [detail: string]: unknown;
}
