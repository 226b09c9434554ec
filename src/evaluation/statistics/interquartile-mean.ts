/** @file Interquartile mean: the mean of the middle half of all scores, which neither the best nor the worst seed can move. */
import type { Rng } from "#base/rng.ts";
import type { Interval } from "../bootstrap.ts";
import { mean } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import { known, notEnough } from "./answer.ts";
import type { ScoreTable } from "./score-table.ts";
import { fewestRuns, stratifiedInterval } from "./score-table.ts";

/** A quarter of fewer scores is none. */
export const leastScores = 4;

/**
 * Mean of all scores but the lowest and the highest ⌊n/4⌋, tasks and runs pooled, with its 95 % interval by stratified bootstrap
 * (Agarwal et al., 2021, Deep RL at the Edge of the Statistical Precipice).
 */
export function interquartileMean(
  table: ScoreTable,
  options: { readonly rng: Rng; readonly resamples?: number },
): Answer<Interval> {
  const runs = fewestRuns(table);
  if (runs < 2) return notEnough(2, runs, "runs of each task");
  const scores = table.flat().length;
  if (scores < leastScores) return notEnough(leastScores, scores, "scores");
  return known(stratifiedInterval([table], ([drawn]) => middleMean(drawn.flat()), options));
}

export function middleMean(scores: readonly number[]): number {
  const cut = Math.floor(scores.length / 4);
  return mean(
    Float64Array.from(scores)
      .sort()
      .subarray(cut, scores.length - cut),
  );
}
