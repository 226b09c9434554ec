/** @file What is wrong with how features are scaled, in words: what the clip hides, and what has moved since training. */
import type { Drift } from "#features/scalers/drift.ts";
import { driftHalfLifeBars, toleratedDrift } from "#features/scalers/drift.ts";
import type { FoldSaturation, Saturation } from "#features/scalers/saturation.ts";
import { day, percent } from "./terminal.ts";

/** Told as JSON; its warnings also as text, in reports. */
export interface Scaling {
  /** Absent for a model that was written before it was measured. */
  readonly saturation?: FoldSaturation;
  /** Features that moved over the tested bars; absent where there is no one scaler whose bars are tested. */
  readonly drift?: MeasuredDrift;
  readonly warnings: readonly string[];
}

/** It is not measured for scalers that bend or limit numbers. */
type MeasuredDrift = { readonly measured: false } | { readonly measured: true; readonly features: readonly Drift[] };

/** Features named in a sentence; the rest is a number. */
const named = 3;

/** Saturation and drift with the sentences that tell them; what was not looked at is left out. */
export function scalingOf(saturation: FoldSaturation | undefined, drift?: MeasuredDrift, rows = "the rows"): Scaling {
  const texts = [
    saturation === undefined ? undefined : saturationWarning(saturation, rows),
    drift === undefined ? undefined : driftWarning(drift),
  ];
  return {
    ...(saturation === undefined ? {} : { saturation }),
    ...(drift === undefined ? {} : { drift }),
    warnings: texts.filter((text) => text !== undefined),
  };
}

/**
 * One sentence with the count and the worst three; `undefined` where the scaler cuts nothing off too often.
 * @param rows whose shares these are
 */
export function saturationWarning({ train, validation }: FoldSaturation, rows = "the rows"): string | undefined {
  const worst = mergedSaturation([
    { train, validation: [] },
    { train: validation, validation: [] },
  ]).train;
  if (worst.length === 0) return undefined;
  const shareIn = (list: readonly Saturation[], feature: string): string => {
    const found = list.find((one) => one.feature === feature);
    return found === undefined ? "at most 1 %" : percent(found.share);
  };
  const names = worst
    .slice(0, named)
    .map(
      ({ feature }) => `${feature} (training ${shareIn(train, feature)}, validation ${shareIn(validation, feature)})`,
    );
  const [what, them] = worst.length === 1 ? ["1 feature is", "it"] : [`${worst.length} features are`, "them"];
  return `${what} cut off by the scaler's clip in more than 1 % of ${rows}, where the model does not see ${them} move: ${listed(names, worst.length)}.`;
}

/** The worst of several folds, feature by feature. */
export function mergedSaturation(folds: readonly FoldSaturation[]): FoldSaturation {
  return {
    train: worstOf(folds.map(({ train }) => train)),
    validation: worstOf(folds.map(({ validation }) => validation)),
  };
}

/** Each feature with its largest share, worst first. */
function worstOf(lists: readonly (readonly Saturation[])[]): Saturation[] {
  const shares = new Map<string, number>();
  for (const { feature, share } of lists.flat()) shares.set(feature, Math.max(share, shares.get(feature) ?? 0));
  return [...shares].map(([feature, share]) => ({ feature, share })).sort((a, b) => b.share - a.share);
}

function driftWarning(drift: MeasuredDrift): string | undefined {
  if (!drift.measured) {
    return "Whether features have moved since training is not measured for a scaler that bends or limits numbers.";
  }
  const { features } = drift;
  if (features.length === 0) return undefined;
  const names = features
    .slice(0, named)
    .map(({ feature, scales, at }) => `${feature} (${scales > 0 ? "+" : ""}${scales.toFixed(1)} on ${day(at)})`);
  const what = features.length === 1 ? "1 feature has" : `${features.length} features have`;
  return `${what} moved by more than ${toleratedDrift} scales since training, as a mean with a half-life of ${driftHalfLifeBars} bars: ${listed(names, features.length)}.`;
}

function listed(names: readonly string[], count: number): string {
  return `${names.join(", ")}${count > names.length ? ` and ${count - names.length} more` : ""}`;
}
