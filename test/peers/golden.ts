/** @file What XGBoost 1.7.4 made of a small table (depth 3, 2 rounds, η 0.3): its models and their predictions, as recorded. */
import { readFileSync } from "node:fs";
import type { ForestObjective } from "#policy/trees/forest.ts";

interface GoldenFile {
  readonly features: number;
  /** null where a value is missing */
  readonly values: readonly (number | null)[];
  readonly cases: readonly {
    readonly objective: ForestObjective;
    readonly baseScore: number;
    readonly labels: readonly number[];
    readonly model: unknown;
    readonly predictions: readonly number[];
  }[];
}

const file = JSON.parse(readFileSync(new URL("../golden/xgboost.json", import.meta.url), "utf8")) as GoldenFile;

export const golden = {
  features: file.features,
  values: Float32Array.from(file.values, (value) => value ?? NaN),
  cases: file.cases,
} as const;
