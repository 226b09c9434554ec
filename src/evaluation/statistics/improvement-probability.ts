/** @file Probability of improvement: how often a run of the one scores above a run of the other on the same task. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import type { Interval } from "../bootstrap.ts";
import { mean } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import { known, notEnough } from "./answer.ts";
import type { ScoreTable } from "./score-table.ts";
import { fewestRuns, stratifiedInterval } from "./score-table.ts";

/**
 * Mean over tasks of P(X > Y) + P(X = Y) / 2 over all pairs of runs, which is the Mann-Whitney U over their number, with its 95 %
 * interval by stratified bootstrap (Agarwal et al., 2021). Of the other side one run is enough: what has no seeds, as a rule has
 * none, always does the same.
 */
export function improvementProbability(
  one: ScoreTable,
  other: ScoreTable,
  options: { readonly rng: Rng; readonly resamples?: number },
): Answer<Interval> {
  invariant(one.length === other.length, "both were run on the same tasks", { one: one.length, other: other.length });
  const runs = fewestRuns(one);
  if (runs < 2 || fewestRuns(other) < 1) return notEnough(2, runs, "runs of each task");
  return known(
    stratifiedInterval([one, other], ([x, y]) => mean(x.map((scores, task) => shareAbove(scores, y[task]))), options),
  );
}

function shareAbove(one: readonly number[], other: readonly number[]): number {
  let wins = 0;
  for (const x of one) for (const y of other) wins += x > y ? 1 : x === y ? 0.5 : 0;
  return wins / (one.length * other.length);
}
