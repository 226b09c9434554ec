/** @file Optimality gap: by how much runs fall short of a score that would do. */
import type { Rng } from "#base/rng.ts";
import type { Interval } from "../bootstrap.ts";
import { mean } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import { known, notEnough } from "./answer.ts";
import type { ScoreTable } from "./score-table.ts";
import { fewestRuns, stratifiedInterval } from "./score-table.ts";

/** `target` less the mean of min(score, target) over all scores, with its 95 % interval by stratified bootstrap (Agarwal et al., 2021). */
export function optimalityGap(
  table: ScoreTable,
  target: number,
  options: { readonly rng: Rng; readonly resamples?: number },
): Answer<Interval> {
  const runs = fewestRuns(table);
  if (runs < 2) return notEnough(2, runs, "runs of each task");
  const gap = (drawn: ScoreTable): number => target - mean(drawn.flat().map((score) => Math.min(score, target)));
  return known(stratifiedInterval([table], ([drawn]) => gap(drawn), options));
}
