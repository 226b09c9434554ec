/** @file Which features a scaler cuts off so often that the network no longer sees them move. */
import { invariant } from "#base/invariant.ts";
import type { Scaler } from "../scaler.ts";
import { scaleRow } from "../scaler.ts";

export interface Saturation {
  readonly feature: string;
  /** Share of the rows at either clip. */
  readonly share: number;
}

/** What a fold's scaler cuts off, among the rows that it was fitted on and those that the agent is chosen by. */
export interface FoldSaturation {
  readonly train: readonly Saturation[];
  readonly validation: readonly Saturation[];
}

/** The share that is worth a report. */
const tolerated = 0.01;

/**
 * Features of which more than 1 % of the rows `fromRow` … `toRow − 1` of `columns` `[T, F]` hit the clip, worst first.
 * Rows with a NaN count as not clipped.
 */
export function saturatedFeatures(
  scaler: Scaler,
  features: readonly string[],
  columns: Float64Array,
  fromRow: number,
  toRow: number,
): Saturation[] {
  const width = features.length;
  invariant(scaler.centre.length === width, "a scaler has one entry per feature", { scaler: scaler.centre.length });
  invariant(fromRow >= 0 && fromRow < toRow && toRow * width <= columns.length, "rows lie in the table", {
    fromRow,
    toRow,
  });
  const row = new Float32Array(width);
  const hits = new Float64Array(width);
  const clip = Math.fround(scaler.clip);
  for (let t = fromRow; t < toRow; t++) {
    scaleRow(scaler, columns, t * width, row, 0);
    for (let feature = 0; feature < width; feature++) if (Math.abs(row[feature]) >= clip) hits[feature]++;
  }
  return features
    .map((feature, at) => ({ feature, share: hits[at] / (toRow - fromRow) }))
    .filter(({ share }) => share > tolerated)
    .sort((a, b) => b.share - a.share);
}
