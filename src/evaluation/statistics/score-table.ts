/** @file Scores of runs (seeds) by task (fold, market), and intervals of what is made of them. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import type { Interval } from "../bootstrap.ts";
import { percentileInterval } from "../bootstrap.ts";

/** `[task][run]`. */
export type ScoreTable = readonly (readonly number[])[];

/**
 * Percentile interval by stratified bootstrap: runs are redrawn within each task, tasks stay (Agarwal et al., 2021). Tables that
 * are given together are redrawn independently of each other.
 */
export function stratifiedInterval(
  tables: readonly ScoreTable[],
  statistic: (tables: readonly ScoreTable[]) => number,
  {
    rng,
    resamples = 2000,
    confidence = 0.95,
  }: { readonly rng: Rng; readonly resamples?: number; readonly confidence?: number },
): Interval {
  const values = new Float64Array(resamples).map(() =>
    statistic(tables.map((table) => table.map((runs) => runs.map(() => runs[rng.integer(runs.length)])))),
  );
  return percentileInterval(statistic(tables), values, confidence);
}

/** Runs of the task that has fewest; scores are finite. */
export function fewestRuns(table: ScoreTable): number {
  invariant(
    table.every((runs) => runs.every(Number.isFinite)),
    "scores are finite",
  );
  return table.length === 0 ? 0 : Math.min(...table.map(({ length }) => length));
}
