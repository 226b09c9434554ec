/** @file Rank-Gauss: whatever the shape of a column, its training rows come out normal. */
import type { ColumnScale } from "./column-scale.ts";
import { quantile } from "./moments.ts";

/** Quantiles that are kept of a column, at most. */
const mostQuantiles = 257;

/**
 * Φ⁻¹ of the share of training rows below x (van der Waerden scores), from up to 257 quantiles that are stored. Numbers
 * beyond those of the n training rows are held at the score of share 1 / 2n: it cannot know how rare they are.
 */
export function rankGauss(sorted: Float64Array): ColumnScale {
  const count = Math.max(2, Math.min(mostQuantiles, sorted.length));
  const quantiles = Array.from({ length: count }, (_, at) => quantile(sorted, at / (count - 1)));
  return { warp: { kind: "normal-score", quantiles, margin: 0.5 / sorted.length }, centre: 0, scale: 1 };
}
