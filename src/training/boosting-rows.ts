/** @file Labelled bars of a fold as rows that trees learn from: the window of a bar, and what came after it. */
import type { BoostingData } from "#agents/boosting.ts";
import type { BoostingConfig } from "#agents/boosting/config.ts";
import type { BoostingRows } from "#agents/boosting/memory.ts";
import { Failure } from "#base/failure.ts";
import type { BarRange } from "#data/split.ts";
import type { Labels } from "#features/labels/label.ts";
import { outcomeOf, purgedBars } from "#features/labels/label.ts";
import { featureNames } from "#features/pipeline.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";

/** Rows to learn from, and rows to choose the rounds by, with the bar of each of these. */
export type FoldRows = BoostingData & {
  readonly validation: BoostingRows;
  readonly validationBars: readonly number[];
};

/** Labelled bars that each part needs. */
const leastRows = 10;

/** Columns of a row: the features of the window's bars, oldest first, `@-k` for those k bars back. */
export function windowNames({ spec }: Dataset): string[] {
  const names = featureNames(spec);
  return Array.from({ length: spec.lookbackBars }, (_, at) => spec.lookbackBars - 1 - at).flatMap((back) =>
    names.map((name) => (back === 0 ? name : `${name}@-${back}`)),
  );
}

/**
 * Labelled bars as rows. What is learned from has its label settled before validation begins, or before its span ends where bars that
 * are held out follow; what is validated by before the span ends.
 * @throws Failure data/not-enough-bars
 */
export function foldRows(
  symbol: string,
  labels: Labels,
  fold: TrainingFold,
  dataset: Dataset,
  columns: readonly string[],
  config: BoostingConfig,
): FoldRows {
  const barsOf = (part: string, spans: readonly BarRange[], knownBefore: number): number[] => {
    const last = spans.length - 1;
    const bars = spans.flatMap(({ from, to }, at) => [
      ...purgedBars(labels, Math.max(from, dataset.firstBar), to, at === last ? knownBefore : to),
    ]);
    if (bars.length < leastRows) {
      const from = Math.max(spans[0].from, dataset.firstBar);
      const found = `${symbol}: the ${part} span, bars ${from} to ${spans[last].to}, has ${bars.length} labels that are settled in time, and ${leastRows} are needed; shorter labels, or a longer span, leave more`;
      throw new Failure("data/not-enough-bars", found);
    }
    return bars;
  };
  const rowsOf = (bars: readonly number[]): BoostingRows => {
    const width = columns.length;
    const { values, columns: perBar } = fold.table;
    const rows = new Float32Array(bars.length * width);
    bars.forEach((t, row) => rows.set(values.subarray((t + 1) * perBar - width, (t + 1) * perBar), row * width));
    return { values: rows, labels: Float32Array.from(bars, (t) => targetOf(outcomeOf(labels[t]!), config)) };
  };
  const trainBars = barsOf("training", fold.train, fold.validation.from);
  const validationBars = barsOf("validation", [fold.validation], fold.validation.to);
  return { featureNames: columns, train: rowsOf(trainBars), validation: rowsOf(validationBars), validationBars };
}

/** −1, 0 and 1 as the classes 0, 1 and 2; returns as they are. */
function targetOf(outcome: number, { objective }: BoostingConfig): number {
  return objective === "softmax" ? outcome + 1 : outcome;
}

/** The validation loss of the training labels' frequencies (with one more of each class), or of their mean. */
export function priorLoss({ train, validation }: FoldRows, { objective, classes }: BoostingConfig): number {
  if (objective === "softmax") {
    const counts = new Float64Array(classes).fill(1);
    for (const label of train.labels) counts[label]++;
    const share = (label: number): number => counts[label] / (train.labels.length + classes);
    return validation.labels.reduce((sum, label) => sum - Math.log(share(label)), 0) / validation.labels.length;
  }
  const mean = train.labels.reduce((sum, label) => sum + label, 0) / train.labels.length;
  const squares = validation.labels.reduce((sum, label) => sum + (label - mean) ** 2, 0);
  return Math.sqrt(squares / validation.labels.length);
}
