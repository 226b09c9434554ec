/** @file What some scalers do to a number before it is centred: hold it within limits, or give it its rank's normal score. */
import { inverseNormal } from "./inverse-normal.ts";

/** Plain data: it is stored in a model. */
export type Warp =
  | { readonly kind: "none" }
  /** x held within the limits. */
  | { readonly kind: "limits"; readonly lower: number; readonly upper: number }
  /**
   * Φ⁻¹(rank share of x), the share by linear interpolation between `quantiles`, evenly spaced from the training rows'
   * smallest number to their largest, and held `margin` away from 0 and 1.
   */
  | { readonly kind: "normal-score"; readonly quantiles: readonly number[]; readonly margin: number };

/** The number that is centred and scaled; NaN stays NaN. */
export function warped(warp: Warp, value: number): number {
  if (warp.kind === "none" || Number.isNaN(value)) return value;
  if (warp.kind === "limits") return Math.min(Math.max(value, warp.lower), warp.upper);
  const share = rankShare(warp.quantiles, value);
  return inverseNormal(Math.min(Math.max(share, warp.margin), 1 - warp.margin));
}

/** Share of numbers below `value`; of several equal quantiles it takes the middle. */
function rankShare(quantiles: readonly number[], value: number): number {
  const last = quantiles.length - 1;
  const atOrAbove = firstAt(quantiles, (quantile) => quantile >= value);
  const above = firstAt(quantiles, (quantile) => quantile > value);
  if (above > atOrAbove) return (atOrAbove + above - 1) / 2 / last;
  if (atOrAbove === 0) return 0;
  if (atOrAbove > last) return 1;
  const below = quantiles[atOrAbove - 1];
  return (atOrAbove - 1 + (value - below) / (quantiles[atOrAbove] - below)) / last;
}

/** Index of the first quantile for which `holds`, which then holds for all later ones; their number where it never does. */
function firstAt(quantiles: readonly number[], holds: (quantile: number) => boolean): number {
  let [from, to] = [0, quantiles.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(quantiles[middle])) to = middle;
    else from = middle + 1;
  }
  return from;
}
