/** @file What an agent may see and do, as plain descriptions. */

/**
 * Observations of one lane.
 * - `vector`: `size` numbers.
 * - `windowed`: numbers 1 … are a `size`-vector of the lane's own; number 0 is a row index t into a table that all lanes
 *   share, and stands for the rows t − lookback + 1 … t. So a rollout stores one number instead of a window.
 */
export type ObservationSpace =
  | { readonly kind: "vector"; readonly size: number }
  | { readonly kind: "windowed"; readonly table: Table; readonly lookback: number; readonly size: number };

/** A row-major matrix `[rows, columns]`. */
export interface Table {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Equal blocks that the columns lie in, each with the same kinds of numbers of another thing; absent: 1. */
  readonly blocks?: number;
}

/**
 * Actions of one lane.
 * - `discrete`: one whole number for each head, `0 ≤ a[h] < sizes[h]`; several heads act at once and independently.
 * - `box`: real numbers between `low` and `high`.
 */
export type ActionSpace =
  | { readonly kind: "discrete"; readonly sizes: readonly number[] }
  | { readonly kind: "box"; readonly low: readonly number[]; readonly high: readonly number[] };

/** Float32 numbers of one observation: a row index (exact up to 2²⁴ rows) comes before the vector where there is a table. */
export function observationWidth(space: ObservationSpace): number {
  return space.kind === "vector" ? space.size : 1 + space.size;
}

/** Numbers of one action. */
export function actionWidth(space: ActionSpace): number {
  return space.kind === "discrete" ? space.sizes.length : space.low.length;
}

/** Logits of one lane over all heads, which is also the length of its mask of legal actions. */
export function logitWidth(space: ActionSpace & { readonly kind: "discrete" }): number {
  return space.sizes.reduce((sum, size) => sum + size, 0);
}
