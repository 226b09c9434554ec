/** @file Deflated Sharpe ratio: the probabilistic one against the best Sharpe ratio that as many worthless trials would show. */
import { invariant } from "#base/invariant.ts";
import { inverseNormal } from "#features/scalers/inverse-normal.ts";
import type { Answer } from "./answer.ts";
import { noAnswer } from "./answer.ts";
import { probabilisticSharpe } from "./probabilistic-sharpe.ts";
import type { TrackRecord } from "./track-record.ts";

/** What was tried before this result. */
export interface Trials {
  readonly count: number;
  /** Variance of their Sharpe ratios a bar (n − 1); absent where fewer than two are known. */
  readonly variance?: number | undefined;
  /** Trials that are not copies of each other (see `effectiveTrials`); absent: `count`. */
  readonly effective?: number | undefined;
}

const eulerMascheroni = 0.5772156649015329;

/** Expected largest of `count` standard normal numbers: (1 − γ) Z⁻¹(1 − 1/N) + γ Z⁻¹(1 − 1/(N e)); 0 for one. */
export function expectedMaximum(count: number): number {
  if (count <= 1) return 0;
  const value =
    (1 - eulerMascheroni) * -inverseNormal(1 / count) + eulerMascheroni * -inverseNormal(1 / (count * Math.E));
  return Math.max(value, 0);
}

/** Expected best Sharpe ratio a bar of trials without skill: √V · the expected maximum. */
export function expectedBestSharpe({ count, variance, effective = count }: Trials): number {
  if (effective <= 1) return 0;
  invariant(variance !== undefined, "more trials than one have a variance");
  return Math.sqrt(variance) * expectedMaximum(effective);
}

/** PSR with S* = `expectedBestSharpe` (Bailey and López de Prado, 2014, The Deflated Sharpe Ratio). */
export function deflatedSharpe(record: TrackRecord, trials: Trials): Answer<number> {
  const { count, variance, effective = count } = trials;
  if (!(count >= 1 && effective >= 1 && (variance ?? 0) >= 0)) return noAnswer("No trial was counted.");
  if (effective > 1 && variance === undefined) {
    return noAnswer("How far Sharpe ratios of trials lie apart is not known: it takes two looks whose returns vary.");
  }
  return probabilisticSharpe(record, expectedBestSharpe(trials));
}
