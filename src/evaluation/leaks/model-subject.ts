/** @file A trained model, or a set of features alone, as a subject of the battery. */
import type { BarRange } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import { sliceUniverse } from "#domain/universe.ts";
import type { OwnFeature } from "#features/feature.ts";
import type { FeatureSpec } from "#features/pipeline.ts";
import {
  featureColumns,
  featureNames,
  featureSpec,
  featureWindow,
  firstWindowRow,
  scaledTable,
} from "#features/pipeline.ts";
import type { Scaler } from "#features/scaler.ts";
import type { SignalSettings } from "#market/action-spaces.ts";
import { createDataset, createFold } from "#training/dataset.ts";
import type { Experiment } from "#training/experiment.ts";
import type { BacktestSetting } from "../backtest.ts";
import { backtest, tableWindow } from "../backtest.ts";
import type { FoldFit, OpenPolicy, SeenNumbers, Served, Subject } from "./subject.ts";
import { watched } from "./subject.ts";

/** A model with how it was made. */
export interface VerifiedModel {
  readonly name: string;
  /** The bars that it was trained and chosen on, and no later ones. */
  readonly universe: Universe;
  readonly train: BarRange;
  readonly validation: BarRange;
  readonly settings: Experiment;
  readonly own: readonly OwnFeature[];
  readonly scaler: Scaler;
  readonly signals: SignalSettings | undefined;
  /** The policy anew, for a market with these bars before its first decision. */
  readonly policy: (before: Universe) => Promise<OpenPolicy>;
  /** Mean log return that the training says of the validation span; absent where labels taught it. */
  readonly meanReward?: number | undefined;
  /** False where labels taught it: then its learner is not tried. */
  readonly byTrial: boolean;
}

/** Bars that are looked at: the first of the validation span. */
const mostBars = 1000;

/** A model on its validation span. Nothing after it is looked at, so that no look at tested bars is taken. */
export function modelSubject(model: VerifiedModel): Subject {
  const { name, universe, validation, settings, own, scaler, signals, policy, meanReward, byTrial } = model;
  const spec = featureSpec(settings.featureSet, universe, settings.lookbackBars, own);
  const seen = seenBy(spec);
  const table = lastOf((of: Universe) => scaledTable(spec, scaler, seen(of).values));
  const { lookbackBars } = spec;
  const served: Served = {
    signals,
    policy,
    stream: () => featureWindow(spec, scaler),
    table: (of, from) => tableWindow(table(of), lookbackBars, from),
    // A stage that leaves instruments alone is looked at without them.
    ...(meanReward === undefined || settings.stages !== undefined
      ? {}
      : { validation: { span: validation, meanReward, ruin: settings.ruinFraction * settings.capital } }),
  };
  return {
    name,
    setting: settingOf(settings, universe, {
      from: validation.from,
      to: Math.min(validation.to, validation.from + mostBars),
    }),
    historyBars: firstWindowRow(spec),
    features: seen,
    fit: { ...foldFit(model), scaler },
    served,
    ...(byTrial ? { taught: model } : {}),
    async trade(changed, watch) {
      const { universe: of, from } = changed;
      const opened = await policy(sliceUniverse(of, 0, from));
      try {
        return await backtest(watched(opened, of.openTime, from, watch), served.table(of, from), changed, signals);
      } finally {
        await opened.dispose();
      }
    },
  };
}

/** What features alone are verified by: the settings that name them, and the bars that a learner would be taught on. */
export type VerifiedFeatures = Pick<VerifiedModel, "name" | "universe" | "train" | "validation" | "settings" | "own">;

/** A set of features, scaled by what a training span shows and tried by a learner. */
export function featuresSubject(features: VerifiedFeatures): Subject {
  const { name, universe, validation, settings, own } = features;
  const spec = featureSpec(settings.featureSet, universe, settings.lookbackBars, own);
  const fit = foldFit(features);
  return {
    name,
    setting: settingOf(settings, universe, {
      from: validation.from,
      to: Math.min(validation.to, validation.from + mostBars),
    }),
    historyBars: firstWindowRow(spec),
    features: seenBy(spec),
    fit: { ...fit, scaler: fit.refit(universe) },
    taught: features,
  };
}

function settingOf(
  { costs, account: rules, rebalanceBand, capital }: Experiment,
  universe: Universe,
  span: BarRange,
): BacktestSetting {
  return { universe, ...span, costs, rules, sizing: { rebalanceBand }, capital };
}

function foldFit({ train, validation, settings, own }: VerifiedFeatures): Omit<FoldFit, "scaler"> {
  return {
    fittedOn: train,
    // Trees need no span that an episode fits into.
    refit: (universe) =>
      createFold(createDataset(universe, settings, own), train, validation, { ...settings, episodeBars: 1 }).scaler,
  };
}

function seenBy(spec: FeatureSpec): (universe: Universe) => SeenNumbers {
  const names = featureNames(spec);
  return lastOf((universe: Universe) => ({ names, values: featureColumns(spec, universe) }));
}

/** Remembers the last answer: a universe is asked for several times in a row, and another is another object. */
function lastOf<Answer>(answer: (universe: Universe) => Answer): (universe: Universe) => Answer {
  let last: { readonly universe: Universe; readonly answer: Answer } | undefined;
  return (universe) => {
    if (last?.universe !== universe) last = { universe, answer: answer(universe) };
    return last.answer;
  };
}
