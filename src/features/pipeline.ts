/**
 * @file From bars to the numbers a network sees: the same code for a whole history (table) and for one bar at a time
 * (window). Columns are instrument-major: all features of the first symbol, then all of the second.
 */
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import { invariant } from "#base/invariant.ts";
import type { Bar } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import type { Feature } from "./feature.ts";
import { columnNames } from "./feature.ts";
import type { FeatureSetName } from "./feature-set.ts";
import { featureSets } from "./feature-set.ts";
import type { Indicator } from "./indicator.ts";
import { runIndicator } from "./indicator.ts";
import type { Scaler } from "./scaler.ts";
import { scaleRow } from "./scaler.ts";

/** What a model sees: L = `lookbackBars` rows of the set's features of each symbol. */
export interface FeatureSpec {
  readonly set: FeatureSetName;
  readonly symbols: readonly string[];
  readonly lookbackBars: number;
}

function featuresOf(spec: FeatureSpec): readonly Feature[] {
  invariant(Object.hasOwn(featureSets, spec.set), "a feature set is one of the list", { set: spec.set });
  invariant(spec.symbols.length > 0, "features are made of at least one symbol");
  invariant(Number.isInteger(spec.lookbackBars) && spec.lookbackBars > 0, "a lookback is at least one bar", {
    lookbackBars: spec.lookbackBars,
  });
  return featureSets[spec.set];
}

/** Column names `[F]`, e.g. `AAPL.rsi14`, `AAPL.adx14.plusDi`; F = symbols × outputs of the set. */
export function featureNames(spec: FeatureSpec): string[] {
  const names = featuresOf(spec).flatMap(columnNames);
  return spec.symbols.flatMap((symbol) => names.map((name) => `${symbol}.${name}`));
}

/** Names what a model sees: another set, formula, column, symbol, order or lookback gives another hash. */
export function schemaHash(spec: FeatureSpec): string {
  return definitionHash(spec, featuresOf(spec));
}

/** The hash of features that need not be a listed set: what `schemaHash` is made of. */
export function definitionHash(spec: FeatureSpec, features: readonly Feature[]): string {
  const definitions = features.map((feature) => [feature.name, columnNames(feature), feature.formula]);
  return sha256(JSON.stringify([spec.set, definitions, spec.symbols, spec.lookbackBars]));
}

/** Bars until every column is known: rows `warmUpBars − 1` and later hold no NaN. */
export function warmUpBars(spec: FeatureSpec): number {
  return Math.max(...featuresOf(spec).map((feature) => feature.create().warmUpBars));
}

/** Index of the first bar after which a whole window of `lookbackBars` rows is known. */
export function firstWindowRow(spec: FeatureSpec): number {
  return warmUpBars(spec) - 1 + spec.lookbackBars - 1;
}

interface Column {
  readonly instrument: number;
  readonly indicator: Indicator;
  /** Place of its first output in a row. */
  readonly at: number;
}

/** Fresh indicators for every symbol, each with its place in the row. */
function createColumns(spec: FeatureSpec): { readonly columns: readonly Column[]; readonly width: number } {
  const features = featuresOf(spec);
  const columns: Column[] = [];
  let width = 0;
  for (let instrument = 0; instrument < spec.symbols.length; instrument++) {
    for (const feature of features) {
      const indicator = feature.create();
      columns.push({ instrument, indicator, at: width });
      width += indicator.outputs.length;
    }
  }
  return { columns, width };
}

/** A feature may be silent only while it warms up: the world is not acted upon with a NaN in view. */
function checkFinite(row: Float64Array, from: number, width: number, t: number): void {
  for (let at = from; at < from + width; at++) {
    if (!Number.isFinite(row[at])) invariant(false, "features are finite once warm", { row: t, column: at - from });
  }
}

/** The universe's bars of each symbol, in the order of the spec. */
function barsOf(spec: FeatureSpec, universe: Universe): Universe["bars"] {
  return spec.symbols.map((symbol) => {
    const at = universe.instruments.findIndex((instrument) => instrument.symbol === symbol);
    if (at < 0) {
      const held = universe.instruments.map((instrument) => instrument.symbol).join(", ");
      throw new Failure("model/feature-mismatch", `the features need ${symbol}, ${universe.name} holds ${held}`, {
        symbol,
      });
    }
    return universe.bars[at];
  });
}

/**
 * Raw features `[T, F]`, NaN only in the first `warmUpBars − 1` rows.
 * @throws Failure model/feature-mismatch when the universe lacks a symbol
 */
export function featureColumns(spec: FeatureSpec, universe: Universe): Float64Array {
  const bars = barsOf(spec, universe);
  const { columns, width } = createColumns(spec);
  const rows = universe.openTime.length;
  const raw = new Float64Array(rows * width);
  for (const { instrument, indicator, at } of columns) runIndicator(indicator, bars[instrument], raw, at, width);
  for (let t = warmUpBars(spec) - 1; t < rows; t++) checkFinite(raw, t * width, width, t);
  return raw;
}

/** Takes the bars of one moment, one for each symbol in the spec's order. */
export interface FeatureStream {
  /** A fresh row `[F]`: the same bits as `featureColumns` at that bar. */
  next(bars: readonly Bar[]): Float64Array;
}

/** Raw features one bar at a time. */
export function featureStream(spec: FeatureSpec): FeatureStream {
  const { columns, width } = createColumns(spec);
  const warmUp = warmUpBars(spec);
  let seen = 0;
  let lastTime = -Infinity;
  return {
    next(bars) {
      checkMoment(spec, bars, lastTime);
      lastTime = bars[0].openTime;
      const row = new Float64Array(width);
      for (const { instrument, indicator, at } of columns) indicator.next(bars[instrument], row, at);
      seen++;
      if (seen >= warmUp) checkFinite(row, 0, width, seen - 1);
      return row;
    },
  };
}

/** @throws InvariantBroken unless there is one bar for each symbol, all of one time after the last */
function checkMoment(spec: FeatureSpec, bars: readonly Bar[], lastTime: number): void {
  invariant(bars.length === spec.symbols.length, "there is one bar for each symbol", {
    bars: bars.length,
    symbols: spec.symbols.length,
  });
  const { openTime } = bars[0];
  invariant(openTime > lastTime, "bars are in time order", { openTime, lastTime });
  invariant(
    bars.every((bar) => bar.openTime === openTime),
    "the bars of one moment open at the same time",
    { openTime },
  );
}

function checkScaler(scaler: Scaler, columns: number): void {
  invariant(scaler.centre.length === columns && scaler.scale.length === columns, "a scaler has one entry per column", {
    scaler: scaler.centre.length,
    columns,
  });
}

/** Scaled features of a whole history. */
export interface FeatureTable {
  /** `[rows, columns]`. The rows before the warm-up's end hold 0 and are in no window from `firstRow` on. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** First t whose whole window t−L+1 … t is warm; not below `rows` when the history is too short for even one. */
  readonly firstRow: number;
}

/** The market as a table, computed once: `values[t]` depends on bars up to t and on the scaler only. */
export function featureTable(spec: FeatureSpec, scaler: Scaler, universe: Universe): FeatureTable {
  return scaledTable(spec, scaler, featureColumns(spec, universe));
}

/** `featureTable` from raw columns that are already there. */
export function scaledTable(spec: FeatureSpec, scaler: Scaler, raw: Float64Array): FeatureTable {
  const columns = featureNames(spec).length;
  checkScaler(scaler, columns);
  const rows = raw.length / columns;
  invariant(Number.isInteger(rows), "raw columns hold whole rows", { numbers: raw.length, columns });
  const values = new Float32Array(raw.length);
  for (let t = warmUpBars(spec) - 1; t < rows; t++) scaleRow(scaler, raw, t * columns, values, t * columns);
  return { values, rows, columns, firstRow: firstWindowRow(spec) };
}

export interface FeatureWindow {
  /** A fresh window `[L, F]`, newest row last, or nothing while it warms up; the same bits as the table's rows. */
  next(bars: readonly Bar[]): Float32Array | undefined;
}

/** What a model sees, one bar at a time. */
export function featureWindow(spec: FeatureSpec, scaler: Scaler): FeatureWindow {
  const stream = featureStream(spec);
  const columns = featureNames(spec).length;
  checkScaler(scaler, columns);
  const firstRow = firstWindowRow(spec);
  const window = new Float32Array(spec.lookbackBars * columns);
  let t = -1;
  return {
    next(bars) {
      const raw = stream.next(bars);
      t++;
      window.copyWithin(0, columns);
      scaleRow(scaler, raw, 0, window, window.length - columns);
      return t < firstRow ? undefined : window.slice();
    },
  };
}
