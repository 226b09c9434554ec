/** @file The adaptive normaliser: each group of features gets the kind of scaler that suits it. */
import { Failure } from "#base/failure.ts";
import type { FeatureGroup } from "../feature.ts";
import type { FittedScaler, ScalerKind, TrainingRows } from "./fitted-scaler.ts";
import { fitFeatureScaler } from "./fitted-scaler.ts";

/** What each group of features is scaled by. */
export type GroupScalers = Readonly<Record<string, ScalerKind>>;

/** Document 001's groups, as its normaliser has them: outliers are usual among the first two, not in the portfolio. */
export const adaptiveGroups = { technical: "robust", regime: "robust", portfolio: "standard" } satisfies GroupScalers;

/**
 * The normaliser's group of each group of features. None of them is its group `portfolio`: that is the account vector,
 * whose numbers are fractions of the equity already and which no scaler touches.
 */
export const normaliserGroups = {
  trend: "technical",
  momentum: "technical",
  volatility: "technical",
  volume: "technical",
  levels: "technical",
  statistics: "technical",
  price: "technical",
  regime: "regime",
  signal: "technical",
  time: "technical",
  timeframes: "technical",
  "order flow": "technical",
  own: "technical",
} as const satisfies Record<FeatureGroup, keyof typeof adaptiveGroups>;

/**
 * Fits each column by the kind of its group, to the training rows only.
 * @param groups `[F]`: the group of each column
 * @throws Failure features/scaler-mismatch for a column of a group that no scaler is named for: none is passed over
 */
export function fitAdaptiveScaler(
  rows: TrainingRows,
  groups: readonly string[],
  scalers: GroupScalers = adaptiveGroups,
  clip = 5,
): FittedScaler {
  const kinds = rows.features.map((name, feature): ScalerKind => {
    const group = groups[feature];
    if (group !== undefined && Object.hasOwn(scalers, group)) return scalers[group];
    const found = `${name} is of the group ${group ?? "(none)"}, and scalers are named for ${Object.keys(scalers).join(", ")}`;
    throw new Failure("features/scaler-mismatch", found, { feature: name, group });
  });
  return fitFeatureScaler(rows, kinds, clip);
}
