/** @file The contract of a scaler: what it learns of one column of training rows. */
import type { Warp } from "./warp.ts";

/** (warp(x) − centre) / scale. */
export interface ColumnScale {
  readonly warp: Warp;
  readonly centre: number;
  /** Above 0. */
  readonly scale: number;
}

/** Learns a column's scale from its training rows, sorted and finite; a column that does not move gets the scale 1. */
export type FitColumn = (sorted: Float64Array) => ColumnScale;
