/** @file A universe made ready to train on: prices laid out, features scaled by what the training span alone shows. */
import { Failure } from "#base/failure.ts";
import type { BarRange } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import { invariant } from "#base/invariant.ts";
import type { OwnFeature } from "#features/feature.ts";
import type { FeatureSpec, FeatureTable } from "#features/pipeline.ts";
import {
  featureColumns,
  featureGroups,
  featureNames,
  featureSpec,
  firstWindowRow,
  scaledTable,
} from "#features/pipeline.ts";
import { fitAdaptiveScaler, normaliserGroups } from "#features/scalers/adaptive.ts";
import type { FittedScaler } from "#features/scalers/fitted-scaler.ts";
import { checkScalerUse, fitFeatureScaler } from "#features/scalers/fitted-scaler.ts";
import type { FoldSaturation, Saturation } from "#features/scalers/saturation.ts";
import { saturatedFeatures } from "#features/scalers/saturation.ts";
import { checkInstruments } from "#market/costs/profiles.ts";
import { checkRates } from "#market/quotes.ts";
import type { RewardDeviations } from "#market/reward.ts";
import type { Market } from "#market/world.ts";
import { createMarket } from "#market/world.ts";
import type { Experiment } from "./experiment.ts";
import { rewardDeviations } from "./reward-deviations.ts";

/** A universe with its features, before any fold: nothing here was fitted. */
export interface Dataset {
  readonly universe: Universe;
  readonly market: Market;
  readonly spec: FeatureSpec;
  /** `[T, F]`, NaN while warming up. */
  readonly raw: Float64Array;
  /** First bar that a decision can be made on. */
  readonly firstBar: number;
}

/**
 * Lays a universe out; `own` are the features of the settings' `featureFiles`, loaded.
 * @throws Failure config/invalid where costs or account do not fit the instruments
 */
export function createDataset(universe: Universe, settings: Experiment, own: readonly OwnFeature[] = []): Dataset {
  const { featureSet, featureFiles, lookbackBars, costs, account, rebalanceBand } = settings;
  invariant(own.length === featureFiles.length, "the features of all feature files are given, loaded", {
    files: featureFiles.length,
    features: own.length,
  });
  checkInstruments(costs.profile, universe.instruments);
  const spec = featureSpec(featureSet, universe, lookbackBars, own);
  return {
    universe,
    market: createMarket(universe, costs, { rebalanceBand }, account),
    spec,
    raw: featureColumns(spec, universe),
    firstBar: firstWindowRow(spec),
  };
}

/** A dataset as one fold sees it. */
export interface TrainingFold {
  readonly train: BarRange;
  readonly validation: BarRange;
  readonly scaler: FittedScaler;
  readonly table: FeatureTable;
  /** Features that the scaler cuts off too often. */
  readonly saturation: FoldSaturation;
  /** Deviation of each term of the reward that is normalised, on the training span. */
  readonly rewardDeviations: RewardDeviations;
}

/**
 * Fits the scaler on the training span, scales the table with it, and measures there what the reward is normalised by.
 * @throws Failure data/not-enough-bars where a span is too short to train or to validate on, features/scaler-overlap
 * where validation begins before the training span ends, market/no-rate where a fee is not known on a day that is traded
 */
export function createFold(
  dataset: Dataset,
  train: BarRange,
  validation: BarRange,
  settings: Experiment,
): TrainingFold {
  const from = Math.max(train.from, dataset.firstBar);
  if (train.to - from <= settings.episodeBars) {
    const found = `the training span has ${Math.max(0, train.to - from)} usable bars after ${dataset.firstBar} of warm-up, episodes need ${settings.episodeBars + 1}`;
    throw new Failure("data/not-enough-bars", found);
  }
  if (validation.to - validation.from < 2) {
    throw new Failure("data/not-enough-bars", `the validation span has ${validation.to - validation.from} bars`);
  }
  checkRates(dataset.market.quotes, from + 1, train.to);
  checkRates(dataset.market.quotes, validation.from + 1, validation.to);
  const rows = {
    columns: dataset.raw,
    features: featureNames(dataset.spec),
    openTime: dataset.universe.openTime,
    fromRow: from,
    toRow: train.to,
  };
  const scaler =
    settings.scaler === "adaptive"
      ? fitAdaptiveScaler(rows, groupsOf(dataset.spec))
      : fitFeatureScaler(rows, settings.scaler);
  checkScalerUse(scaler, rows.features, rows.openTime[validation.from]);
  const saturated = (range: BarRange): Saturation[] =>
    saturatedFeatures(scaler, rows.features, dataset.raw, range.from, range.to);
  const table = scaledTable(dataset.spec, scaler, dataset.raw);
  return {
    train: { from, to: train.to },
    validation,
    scaler,
    table,
    rewardDeviations: rewardDeviations(dataset.market, table, { from, to: train.to }, settings),
    saturation: { train: saturated({ from, to: train.to }), validation: saturated(validation) },
  };
}

/** The adaptive normaliser's group of each column `[F]`. */
function groupsOf(spec: FeatureSpec): string[] {
  return featureGroups(spec).map((group) => normaliserGroups[group]);
}
