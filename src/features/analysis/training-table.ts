/** @file What an analysis reads: features of one instrument and its closes, up to the end of the training fold and no further. */
import { invariant } from "#base/invariant.ts";

export interface TrainingTable {
  /** `[F]` */
  readonly features: readonly string[];
  /** `[T, F]`, finite from `fromRow` on. */
  readonly columns: Float64Array;
  /** `[T]` */
  readonly close: Float64Array;
  /** Rows `fromRow` to `toRow − 1` are the training fold. */
  readonly fromRow: number;
  readonly toRow: number;
}

/** One feature's numbers in the training fold. */
export function columnOf({ features, columns, fromRow, toRow }: TrainingTable, feature: number): Float64Array {
  const width = features.length;
  invariant(toRow > fromRow && toRow * width <= columns.length, "a training fold lies in its table", {
    fromRow,
    toRow,
  });
  const column = new Float64Array(toRow - fromRow);
  for (let row = 0; row < column.length; row++) column[row] = columns[(fromRow + row) * width + feature];
  return column;
}

/** ln(closeₜ₊₁ / closeₜ) of the fold's bars but the last, whose next close is not in it. */
export function nextReturns({ close, fromRow, toRow }: TrainingTable): Float64Array {
  return Float64Array.from({ length: toRow - fromRow - 1 }, (_, row) =>
    Math.log(close[fromRow + row + 1] / close[fromRow + row]),
  );
}
