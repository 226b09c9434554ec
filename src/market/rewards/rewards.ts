/** @file The list of rewards: terms with their settings, and the documents' composites, corrected and as they were written. */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { RewardDeviations, RewardPart, WeightedTerm } from "../reward.ts";
import { alphaLegacy } from "./alpha-legacy.ts";
import { asymmetric } from "./asymmetric.ts";
import { differentialDownside } from "./differential-downside.ts";
import type { DifferentialSettings } from "./differential-sharpe.ts";
import { differentialSharpe } from "./differential-sharpe.ts";
import { drawdownIncrease } from "./drawdown-increase.ts";
import { logReturn } from "./log-return.ts";
import { turnover } from "./turnover.ts";
import { v3Legacy } from "./v3-legacy.ts";
import { v6Legacy } from "./v6-legacy.ts";
import { winRate } from "./win-rate.ts";

/** What a term or a composite may be told; each takes what it knows. */
type RewardSettings = Partial<DifferentialSettings> & { readonly lossAversion?: number };

type Reward = (settings: RewardSettings) => readonly (WeightedTerm & { readonly normalised?: true })[];

/** Single terms. */
export const rewardTerms = {
  "log-return": () => [{ term: logReturn, weight: 1 }],
  "differential-sharpe": (settings) => [{ term: differentialSharpe(settings), weight: 1 }],
  "differential-downside": (settings) => [{ term: differentialDownside(settings), weight: 1 }],
  "drawdown-increase": () => [{ term: drawdownIncrease, weight: 1 }],
  turnover: () => [{ term: turnover, weight: 1 }],
  asymmetric: ({ lossAversion }) => [{ term: asymmetric(lossAversion), weight: 1 }],
  "win-rate": () => [{ term: winRate, weight: 1 }],
} as const satisfies Record<string, Reward>;

const normalised = true;

/**
 * Composites of the documents. The corrected ones keep the weights where a term survives: levels that were charged at every
 * step became increments, counts of trades became value traded, what paid for variance is gone, and nothing is paid when flat.
 * Their terms are normalised, so that weights are importances and not units: where a document counts a return in percent, its
 * weights are those of percents.
 */
export const rewardPresets = {
  /** Log return, 0.1 · increase of drawdown (10 of a fraction), 0.1 · differential Sharpe ratio, 0.01 · turnover. */
  v3: () => [
    { term: logReturn, weight: 1, normalised },
    { term: drawdownIncrease, weight: 0.1, normalised },
    { term: differentialSharpe({ limit: 2 }), weight: 0.1, normalised },
    { term: turnover, weight: 0.01, normalised },
  ],
  /** 0.6 · differential Sharpe ratio, 0.2 · differential downside ratio, win rate at closes, increase of drawdown, turnover. */
  v6: () => [
    { term: differentialSharpe({ limit: 2 }), weight: 0.6, normalised },
    { term: differentialDownside({ limit: 2 }), weight: 0.2, normalised },
    { term: winRate, weight: 0.1, normalised },
    { term: drawdownIncrease, weight: 0.1, normalised },
    { term: turnover, weight: 0.05, normalised },
  ],
  /** Log return with losses · 1.5, win rate at closes, turnover. */
  alpha: ({ lossAversion }) => [
    { term: asymmetric(lossAversion), weight: 1, normalised },
    { term: winRate, weight: 0.1, normalised },
    { term: turnover, weight: 0.02, normalised },
  ],
  "v3-legacy": () => v3Legacy,
  "v6-legacy": () => v6Legacy,
  "alpha-legacy": () => alphaLegacy,
} as const satisfies Record<string, Reward>;

type RewardTermName = keyof typeof rewardTerms;
export type RewardPresetName = keyof typeof rewardPresets;

/** A term or a composite by name, what it counts for, and its settings. */
export type RewardSetting = RewardSettings & {
  readonly term: RewardTermName | RewardPresetName;
  readonly weight: number;
  /** Of a single term: is its weight to count for the term over its standard deviation? Those of composites always are. */
  readonly normalise?: boolean;
};

/**
 * The terms of a reward as they are asked for.
 * @throws Failure config/invalid where a term is counted twice: the log could not tell the two apart
 */
export function rewardParts(settings: readonly RewardSetting[]): readonly RewardPart[] {
  const rewards: Readonly<Record<RewardSetting["term"], Reward>> = { ...rewardTerms, ...rewardPresets };
  const parts = settings.flatMap(({ term: name, weight, normalise = false, ...rest }) =>
    rewards[name](rest).map((part) => ({
      term: part.term,
      weight: weight * part.weight,
      normalised: part.normalised ?? normalise,
    })),
  );
  const names = parts.map(({ term }) => term.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Failure("config/invalid", `reward: counts ${twice} twice`);
  return parts;
}

/**
 * The terms of a reward with what each counts for: weight / σ where it is normalised. A term that never moved where it was
 * measured, σ = 0, has no scale and counts for nothing.
 * @param deviations σ of each term that is normalised
 * @throws Failure config/invalid where a term is counted twice
 */
export function rewardOf(
  settings: readonly RewardSetting[],
  deviations: RewardDeviations = {},
): readonly WeightedTerm[] {
  return rewardParts(settings).map(({ term, weight, normalised: over }) => {
    if (!over) return { term, weight };
    const deviation = deviations[term.name];
    const measured = deviation >= 0 && deviation < Infinity;
    invariant(measured, "a term that is normalised was measured", { term: term.name, deviation });
    return { term, weight: deviation > 0 ? weight / deviation : 0 };
  });
}
