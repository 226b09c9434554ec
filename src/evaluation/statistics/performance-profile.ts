/** @file Performance profile: which share of runs scores above each threshold. */
import { mean } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import { known, notEnough } from "./answer.ts";
import type { ScoreTable } from "./score-table.ts";
import { fewestRuns } from "./score-table.ts";

/** Share of scores above each threshold, the mean over tasks, `[thresholds]` (run-score distribution; Agarwal et al., 2021). */
export function performanceProfile(table: ScoreTable, thresholds: readonly number[]): Answer<readonly number[]> {
  if (fewestRuns(table) < 1) return notEnough(1, 0, "runs of each task");
  return known(
    thresholds.map((threshold) =>
      mean(table.map((runs) => runs.filter((score) => score > threshold).length / runs.length)),
    ),
  );
}
