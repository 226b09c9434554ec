/** @file The robust scaler: fitted on the rows of the training fold only, stored in the model. */
import { sha256 } from "#base/hash.ts";
import { invariant } from "#base/invariant.ts";

/** Per column: clamp((x − centre) / scale, ±clip). */
export interface Scaler {
  /** `[F]`: medians. */
  readonly centre: Float64Array;
  /** `[F]`: interquartile range / 1.349, the standard deviation of a normal distribution with that range. */
  readonly scale: Float64Array;
  /** Winsor limit, in scales. */
  readonly clip: number;
}

const normalInterquartileRange = 1.349;

/** Quantile of sorted numbers by linear interpolation (Hyndman and Fan, 1996, type 7). */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

function standardDeviation(values: Float64Array): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

/**
 * Spread of a sorted column. More than half of it may be one value (a volume feature without volume): then the
 * interquartile range is 0 and the standard deviation stands in; a column that is constant but for rounding has scale 1.
 */
function robustScale(sorted: Float64Array): number {
  const largest = Math.max(Math.abs(sorted[0]), Math.abs(sorted[sorted.length - 1]));
  const negligible = 1e-12 * largest;
  const robust = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / normalInterquartileRange;
  if (robust > negligible) return robust;
  const deviation = standardDeviation(sorted);
  return deviation > negligible ? deviation : 1;
}

/**
 * Fits a scaler to rows `fromRow` (inclusive) to `toRow` (exclusive) of `columns` `[T, F]`, F = `features`; no other
 * row is read.
 * @throws InvariantBroken where these rows are not all there, or hold a number that isn't finite
 */
export function fitScaler(columns: Float64Array, features: number, fromRow: number, toRow: number, clip = 5): Scaler {
  const held = columns.length / features;
  invariant(Number.isInteger(held), "columns hold whole rows", { numbers: columns.length, features });
  invariant(fromRow >= 0 && fromRow < toRow && toRow <= held, "a scaler is fitted to rows of the table", {
    fromRow,
    toRow,
    rows: held,
  });
  const rows = toRow - fromRow;
  const centre = new Float64Array(features);
  const scale = new Float64Array(features);
  const column = new Float64Array(rows);
  for (let feature = 0; feature < features; feature++) {
    for (let row = 0; row < rows; row++) {
      const value = columns[(fromRow + row) * features + feature];
      if (!Number.isFinite(value)) {
        invariant(false, "a scaler is fitted to finite numbers", { row: fromRow + row, feature, value });
      }
      column[row] = value;
    }
    column.sort();
    centre[feature] = quantile(column, 0.5);
    scale[feature] = robustScale(column);
  }
  return { centre, scale, clip };
}

/** Scales one row of F raw numbers at `from` into `into` from `at`. A NaN stays NaN. */
export function scaleRow(scaler: Scaler, raw: Float64Array, from: number, into: Float32Array, at: number): void {
  const { centre, scale, clip } = scaler;
  for (let feature = 0; feature < centre.length; feature++) {
    const value = (raw[from + feature] - centre[feature]) / scale[feature];
    into[at + feature] = value > clip ? clip : value < -clip ? -clip : value;
  }
}

/** Names a scaler: equal for equal numbers, to the bit. */
export function scalerHash(scaler: Scaler): string {
  return sha256("scaler", scaler.centre, scaler.scale, Float64Array.of(scaler.clip));
}
