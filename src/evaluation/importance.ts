/**
 * @file Permutation importance (Breiman, 2001; of groups: Au et al., 2022): what an agent loses where it sees a feature at other times.
 * The agent is traded again, so that what one decision changes in the account is part of the answer.
 */
import { optimalBlockLength } from "#base/blocks.ts";
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import type { BarRange } from "#data/split.ts";
import type { FeatureSpec, FeatureTable } from "#features/pipeline.ts";
import { featureGroups, featureNames } from "#features/pipeline.ts";
import type { Decision } from "#policy/policy.ts";
import type { Interval } from "./bootstrap.ts";
import { pairedBootstrap, percentileInterval } from "./bootstrap.ts";
import { changedDecisions } from "./decision-log.ts";
import { mean, sharpe } from "./metrics.ts";

/** Columns that are moved together: one feature of all instruments, or all features of a group. */
export interface FeatureUnit {
  readonly kind: "feature" | "group";
  readonly name: string;
  /** Places in a row of the table. */
  readonly columns: readonly number[];
}

/** A trading of the agent: simple returns of its bars `[T]`, and what it decided at each. */
export interface Traded {
  readonly returns: Float64Array;
  readonly decisions: readonly Decision[];
}

export interface ImportanceOptions {
  readonly table: FeatureTable;
  readonly units: readonly FeatureUnit[];
  /** Rows that decisions see, in stretches of time within which rows are moved. */
  readonly folds: readonly BarRange[];
  /** Times that each unit is moved. */
  readonly repeats: number;
  readonly barsPerYear: number;
  readonly rng: Rng;
  /** Trades the agent on such a table. */
  readonly trade: (table: FeatureTable) => Promise<Traded>;
  readonly resamples?: number;
  readonly onProgress?: (done: number, total: number, unit: string) => void;
}

/** What an agent has from seeing a unit when it is there: itself less itself with the unit moved. */
export interface Importance {
  readonly unit: FeatureUnit;
  /** Annualised Sharpe ratio. */
  readonly sharpe: Interval;
  /** Mean return of a bar, times bars a year. */
  readonly meanReturn: Interval;
  /** Share of decisions that are others, by bar and instrument. */
  readonly changed: Interval;
}

const usualResamples = 1000;

/** Features of all instruments by their name, and groups of them, in the order of the table. */
export function featureUnits(spec: FeatureSpec): FeatureUnit[] {
  const names = featureNames(spec);
  const each = names.length / spec.instruments.length;
  const unitNames = names.map((name, column) => {
    const { symbol } = spec.instruments[Math.floor(column / each)];
    return name.slice(symbol.length + 1);
  });
  return [...together("feature", unitNames), ...together("group", featureGroups(spec))];
}

function together(kind: FeatureUnit["kind"], names: readonly string[]): FeatureUnit[] {
  return [...new Set(names)].map((name) => ({
    kind,
    name,
    columns: names.flatMap((each, column) => (each === name ? [column] : [])),
  }));
}

/** Equal stretches of the rows that decisions see, the first `lookbackBars − 1` before the first decision included. */
export function importanceFolds({ from, to }: BarRange, lookbackBars: number, count: number): BarRange[] {
  const first = from - lookbackBars + 1;
  const border = (n: number): number => first + Math.round((n * (to - first)) / count);
  return Array.from({ length: count }, (_, n) => ({ from: border(n), to: border(n + 1) }));
}

/**
 * Each unit is moved in time, `repeats` times: within each fold its rows go round by a random number of rows, at least a tenth of
 * the fold, all its columns by the same. So a feature keeps its distribution, its memory and its tie to the others of its group,
 * and loses its tie to what happens. 95 % intervals: percentiles over resamples of time in blocks (stationary bootstrap, paired)
 * and of the repeats.
 */
export async function permutationImportance(options: ImportanceOptions): Promise<Importance[]> {
  const { table, units, folds, repeats, rng, trade, onProgress } = options;
  invariant(repeats > 0, "a unit is moved at least once", { repeats });
  const own = await trade(table);
  // One copy for all: each unit's columns are put back before the next one's are moved.
  const moved = { ...table, values: table.values.slice() };
  const found: Importance[] = [];
  for (const [at, unit] of units.entries()) {
    const dice = rng.fork(`${unit.kind} ${unit.name}`);
    const runs: Traded[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const fold of folds) moveRows(table, moved.values, unit.columns, fold, dice);
      runs.push(await trade(moved));
      onProgress?.(at * repeats + repeat + 1, units.length * repeats, unit.name);
    }
    for (const fold of folds) copyRows(table, moved.values, unit.columns, fold, 0);
    found.push({ unit, ...effects(own, runs, options, dice) });
  }
  return found;
}

function moveRows(table: FeatureTable, into: Float32Array, columns: readonly number[], fold: BarRange, rng: Rng): void {
  const rows = fold.to - fold.from;
  const least = Math.max(1, Math.floor(rows / 10));
  copyRows(table, into, columns, fold, least + rng.integer(Math.max(1, rows - 2 * least + 1)));
}

function copyRows(
  { values, columns: width }: FeatureTable,
  into: Float32Array,
  columns: readonly number[],
  { from, to }: BarRange,
  by: number,
): void {
  const rows = to - from;
  for (let row = 0; row < rows; row++) {
    const source = (from + ((row + by) % rows)) * width;
    const target = (from + row) * width;
    for (const column of columns) into[target + column] = values[source + column];
  }
}

function effects(
  own: Traded,
  runs: readonly Traded[],
  { barsPerYear, resamples = usualResamples }: ImportanceOptions,
  rng: Rng,
): Pick<Importance, "sharpe" | "meanReturn" | "changed"> {
  const changes = runs.map(({ decisions }) =>
    changedDecisions(own.decisions, decisions).subarray(0, own.returns.length),
  );
  const series = [own.returns, ...runs.map(({ returns }) => returns), ...changes];
  const gains = own.returns.map((gain, t) => gain - mean(runs.map(({ returns }) => returns[t])));
  const all = runs.map((_, run) => run);
  const figures = (drawn: readonly Float64Array[], picked: readonly number[]): number[] => [
    mean(picked.map((run) => sharpe(drawn[0], barsPerYear) - sharpe(drawn[1 + run], barsPerYear))),
    mean(picked.map((run) => barsPerYear * (mean(drawn[0]) - mean(drawn[1 + run])))),
    mean(picked.map((run) => mean(drawn[1 + runs.length + run]))),
  ];
  const values = pairedBootstrap(
    series,
    (drawn) =>
      figures(
        drawn,
        all.map(() => rng.integer(runs.length)),
      ),
    { rng, blockLengthBars: optimalBlockLength(gains), resamples },
  );
  const [sharpes, returns, changed] = figures(series, all).map((value, at) => percentileInterval(value, values[at]));
  return { sharpe: sharpes, meanReturn: returns, changed };
}
