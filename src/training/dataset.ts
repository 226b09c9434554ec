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
import type { FittedScaler, TrainingRows } from "#features/scalers/fitted-scaler.ts";
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
  /** In order of time, all before validation; what lies between two of them is held out, and nothing is learned of it. */
  readonly train: readonly BarRange[];
  readonly validation: BarRange;
  readonly scaler: FittedScaler;
  readonly table: FeatureTable;
  /** Features that the scaler cuts off too often. */
  readonly saturation: FoldSaturation;
  /** Deviation of each term of the reward that is normalised, on the training spans. */
  readonly rewardDeviations: RewardDeviations;
}

/**
 * Fits the scaler on the training span, scales the table with it, and measures there what the reward is normalised by.
 * @param train one span, or several in order of time
 * @throws Failure data/not-enough-bars where a span is too short to train or to validate on, features/scaler-overlap
 * where validation begins before the training span ends, market/no-rate where a fee is not known on a day that is traded
 */
export function createFold(
  dataset: Dataset,
  train: BarRange | readonly BarRange[],
  validation: BarRange,
  settings: Experiment,
): TrainingFold {
  const spans = usableSpans(dataset, [train].flat(), settings);
  if (validation.to - validation.from < 2) {
    throw new Failure("data/not-enough-bars", `the validation span has ${validation.to - validation.from} bars`);
  }
  for (const { from, to } of [...spans, validation]) checkRates(dataset.market.quotes, from + 1, to);
  const rows = trainingRows(dataset, spans);
  const scaler =
    settings.scaler === "adaptive"
      ? fitAdaptiveScaler(rows, groupsOf(dataset.spec))
      : fitFeatureScaler(rows, settings.scaler);
  checkScalerUse(scaler, rows.features, dataset.universe.openTime[validation.from]);
  const saturated = (columns: Float64Array, from: number, to: number): Saturation[] =>
    saturatedFeatures(scaler, rows.features, columns, from, to);
  const table = scaledTable(dataset.spec, scaler, dataset.raw);
  return {
    train: spans,
    validation,
    scaler,
    table,
    rewardDeviations: rewardDeviations(dataset.market, table, spans, settings),
    saturation: {
      train: saturated(rows.columns, rows.fromRow, rows.toRow),
      validation: saturated(dataset.raw, validation.from, validation.to),
    },
  };
}

/** The spans without bars whose features are not warm yet. */
function usableSpans(
  { firstBar }: Dataset,
  train: readonly BarRange[],
  { episodeBars }: Experiment,
): readonly BarRange[] {
  const spans = train.map(({ from, to }) => ({ from: Math.max(from, firstBar), to }));
  for (const [at, { from, to }] of spans.entries()) {
    invariant(at === 0 || from >= spans[at - 1].to, "training spans are in order of time", { from });
    if (to - from > episodeBars) continue;
    const span = spans.length === 1 ? "the training span" : `training span ${at + 1} of ${spans.length}`;
    const found = `${span} has ${Math.max(0, to - from)} usable bars after ${firstBar} of warm-up, episodes need ${episodeBars + 1}`;
    throw new Failure("data/not-enough-bars", found);
  }
  return spans;
}

/** The rows of all spans: those of one where they lie, those of several copied end to end. */
function trainingRows({ raw, spec, universe }: Dataset, spans: readonly BarRange[]): TrainingRows {
  const features = featureNames(spec);
  const { openTime } = universe;
  if (spans.length === 1) return { columns: raw, features, openTime, fromRow: spans[0].from, toRow: spans[0].to };
  const width = features.length;
  const columns = spans.map(({ from, to }) => raw.subarray(from * width, to * width));
  const times = spans.map(({ from, to }) => openTime.subarray(from, to));
  const count = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  return { columns: joined(columns), features, openTime: joined(times), fromRow: 0, toRow: count };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The adaptive normaliser's group of each column `[F]`. */
function groupsOf(spec: FeatureSpec): string[] {
  return featureGroups(spec).map((group) => normaliserGroups[group]);
}
