/** @file What the training fold says of its features: which repeat each other, which tell of the next return, which drift. */
import { Failure } from "#base/failure.ts";
import { correlations, redundancyClusters } from "./correlation.ts";
import { mutualInformation } from "./mutual-information.ts";
import type { MutualInformation } from "./mutual-information.ts";
import { stabilityOverTime } from "./stability.ts";
import type { TrainingTable } from "./training-table.ts";
import { columnOf, nextReturns } from "./training-table.ts";

export interface AnalysedFeature {
  readonly feature: string;
  /** With the log return of the next bar, at most the last but one of the fold. */
  readonly information: MutualInformation;
  /** Population stability index of the second, third and fourth quarter of the fold against the first. */
  readonly stability: readonly number[];
  /** The largest of them. */
  readonly worstStability: number;
}

export interface FeatureAnalysis {
  readonly rows: number;
  /** In the order of the table. */
  readonly features: readonly AnalysedFeature[];
  /** `[F, F]` */
  readonly correlations: Float64Array;
  /** |correlation| from which on two features count as one. */
  readonly threshold: number;
  /** Names of features that stand for each other; of each group first the one that tells most of the next return. */
  readonly clusters: readonly (readonly string[])[];
}

const parts = 4;
const bins = 8;
/** Rows below which bins of bins are too empty to say anything. */
const fewestRows = 200;

/**
 * Analyses the training fold of a table and reads no other row.
 * @throws Failure data/not-enough-bars below 200 rows
 */
export function analyseFeatures(table: TrainingTable, threshold = 0.9): FeatureAnalysis {
  const rows = table.toRow - table.fromRow;
  if (rows < fewestRows) {
    throw new Failure(
      "data/not-enough-bars",
      `the training fold has ${rows} warm rows, an analysis needs ${fewestRows}`,
    );
  }
  const columns = table.features.map((_, feature) => columnOf(table, feature));
  const next = nextReturns(table);
  const features = columns.map((column, at): AnalysedFeature => {
    const stability = stabilityOverTime(column, parts);
    return {
      feature: table.features[at],
      information: mutualInformation(column.subarray(0, next.length), next, bins),
      stability,
      worstStability: Math.max(...stability),
    };
  });
  const matrix = correlations(columns);
  const told = (column: number): number => features[column].information.correctedNats;
  const clusters = redundancyClusters(matrix, columns.length, threshold).map((group) =>
    group.sort((a, b) => told(b) - told(a)).map((column) => table.features[column]),
  );
  return { rows, features, correlations: matrix, threshold, clusters };
}
