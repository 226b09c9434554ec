/** @file Which features have moved away from what a scaler was fitted on, over bars that came later. */
import { invariant } from "#base/invariant.ts";
import type { Scaler } from "../scaler.ts";
import { onlineScaler } from "./online.ts";

export interface Drift {
  readonly feature: string;
  /** The furthest that its running mean went from the fitted centre, in fitted scales, signed. */
  readonly scales: number;
  /** When it stood there: open time of that bar, Unix ms UTC. */
  readonly at: number;
}

/** Bars after which the running mean has forgotten half. */
export const driftHalfLifeBars = 100;
/** Scales that are worth a report. */
export const toleratedDrift = 3;
/** Bars between two looks at the mean, which cannot move far within them. */
const lookEvery = 20;

/** Rows of features that are tested. */
export interface TestedRows {
  /** `[T, F]` */
  readonly columns: Float64Array;
  /** `[F]` */
  readonly features: readonly string[];
  /** `[T]` */
  readonly openTime: Float64Array;
  /** First row that is tested, and the one after the last. */
  readonly fromRow: number;
  readonly toRow: number;
}

/**
 * Features whose running mean, which begins at the fitted centre (`online.ts`), went further than 3 fitted scales from it,
 * furthest first. One pass over the rows. `undefined` for a scaler with warps, for which that is not measured.
 */
export function driftedFeatures(scaler: Scaler, rows: TestedRows): Drift[] | undefined {
  const { columns, features, openTime, fromRow, toRow } = rows;
  if (scaler.warps !== undefined) return undefined;
  const width = features.length;
  invariant(scaler.centre.length === width, "a scaler has one entry per feature", { scaler: scaler.centre.length });
  invariant(fromRow >= 0 && fromRow < toRow && toRow * width <= columns.length, "rows lie in the table", {
    fromRow,
    toRow,
  });
  const follower = onlineScaler(scaler, driftHalfLifeBars);
  const scaled = new Float32Array(width);
  const furthest = features.map((feature): Drift => ({ feature, scales: 0, at: openTime[fromRow] }));
  for (let t = fromRow; t < toRow; t++) {
    follower.next(columns, t * width, scaled, 0);
    if ((t - fromRow) % lookEvery !== 0 && t < toRow - 1) continue;
    follower.drift().forEach((scales, at) => {
      if (Math.abs(scales) > Math.abs(furthest[at].scales)) furthest[at] = { ...furthest[at], scales, at: openTime[t] };
    });
  }
  return furthest
    .filter(({ scales }) => Math.abs(scales) > toleratedDrift)
    .sort((a, b) => Math.abs(b.scales) - Math.abs(a.scales));
}
