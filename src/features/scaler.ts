/** @file A scaler: numbers fitted on the rows of the training fold only, stored in the model, never changed after it. */
import { sha256 } from "#base/hash.ts";
import { invariant } from "#base/invariant.ts";
import type { ColumnScale, FitColumn } from "./scalers/column-scale.ts";
import { robust } from "./scalers/robust.ts";
import type { Warp } from "./scalers/warp.ts";
import { warped } from "./scalers/warp.ts";

/** Per column: clamp((warp(x) − centre) / scale, ±clip). */
export interface Scaler {
  /** `[F]`: of the robust scaler, medians. */
  readonly centre: Float64Array;
  /** `[F]`: of the robust scaler, interquartile range / 1.349, a normal distribution's standard deviation with that range. */
  readonly scale: Float64Array;
  /** Winsor limit, in scales. */
  readonly clip: number;
  /** `[F]`: what is done to a number before it is centred; absent where that is nothing in any column. */
  readonly warps?: readonly Warp[] | undefined;
}

/**
 * Fits the robust scaler to rows `fromRow` (inclusive) to `toRow` (exclusive) of `columns` `[T, F]`, F = `features`; no
 * other row is read.
 * @throws InvariantBroken where these rows are not all there, or hold a number that isn't finite
 */
export function fitScaler(columns: Float64Array, features: number, fromRow: number, toRow: number, clip = 5): Scaler {
  return fitColumns(columns, Array<FitColumn>(features).fill(robust), fromRow, toRow, clip);
}

/** `fitScaler` with a way to fit of its own for each column, `[F]`. */
export function fitColumns(
  columns: Float64Array,
  fits: readonly FitColumn[],
  fromRow: number,
  toRow: number,
  clip = 5,
): Scaler {
  const features = fits.length;
  const held = columns.length / features;
  invariant(Number.isInteger(held), "columns hold whole rows", { numbers: columns.length, features });
  invariant(fromRow >= 0 && fromRow < toRow && toRow <= held, "a scaler is fitted to rows of the table", {
    fromRow,
    toRow,
    rows: held,
  });
  const column = new Float64Array(toRow - fromRow);
  const fitted = fits.map((fit, feature): ColumnScale => {
    for (let row = 0; row < column.length; row++) {
      const value = columns[(fromRow + row) * features + feature];
      if (!Number.isFinite(value)) {
        invariant(false, "a scaler is fitted to finite numbers", { row: fromRow + row, feature, value });
      }
      column[row] = value;
    }
    return fit(column.sort());
  });
  const centre = Float64Array.from(fitted, (one) => one.centre);
  const scale = Float64Array.from(fitted, (one) => one.scale);
  const warps = fitted.map(({ warp }) => warp);
  return warps.every(({ kind }) => kind === "none") ? { centre, scale, clip } : { centre, scale, clip, warps };
}

/** Scales one row of F raw numbers at `from` into `into` from `at`. A NaN stays NaN. */
export function scaleRow(scaler: Scaler, raw: Float64Array, from: number, into: Float32Array, at: number): void {
  const { centre, scale, clip, warps } = scaler;
  for (let feature = 0; feature < centre.length; feature++) {
    const given = raw[from + feature];
    const value = ((warps === undefined ? given : warped(warps[feature], given)) - centre[feature]) / scale[feature];
    into[at + feature] = value > clip ? clip : value < -clip ? -clip : value;
  }
}

/** Names a scaler: equal for equal numbers, to the bit. */
export function scalerHash({ centre, scale, clip, warps }: Scaler): string {
  const numbers = ["scaler", centre, scale, Float64Array.of(clip)] as const;
  return warps === undefined ? sha256(...numbers) : sha256(...numbers, JSON.stringify(warps));
}
