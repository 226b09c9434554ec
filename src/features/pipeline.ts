/**
 * @file From bars to the numbers a network sees: the same code for a whole history (table) and for one bar at a time
 * (window). Columns are instrument-major: all features of the first instrument, then all of the second.
 */
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import { invariant } from "#base/invariant.ts";
import type { Bar, Bars, Timeframe } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import type { Feature, FeatureContext, FeatureGroup, OwnFeature, SeenInstrument } from "./feature.ts";
import { canBeMadeOf, checkMeasured, columnNames, measuredNeeds } from "./feature.ts";
import type { FeatureSetName } from "./feature-set.ts";
import { featureSets } from "./feature-set.ts";
import type { InstrumentColumns } from "./instrument-columns.ts";
import { checkFinite, instrumentColumns, tableOf, writeRow } from "./instrument-columns.ts";
import type { Remembering } from "./memory.ts";
import { memoryOf, restoreState, stateOf } from "./memory.ts";
import type { Scaler } from "./scaler.ts";
import { scaleRow } from "./scaler.ts";

/** What a model sees: L = `lookbackBars` rows of the set's features of each symbol, and of a user's own after them. */
export interface FeatureSpec {
  readonly set: FeatureSetName;
  readonly timeframe: Timeframe;
  readonly instruments: readonly SeenInstrument[];
  readonly lookbackBars: number;
  /** Features beside those of the set. Functions can't be stored or sent: whoever wires them loads them from their files. */
  readonly own?: readonly OwnFeature[];
}

/**
 * The spec of a set over all instruments of a universe, in its order.
 * @throws Failure features/name-taken where an own feature has the name of another
 */
export function featureSpec(
  set: FeatureSetName,
  universe: Universe,
  lookbackBars: number,
  own: readonly OwnFeature[] = [],
): FeatureSpec {
  const needed = measuredNeeds(featureSets[set]).length > 0;
  const instruments = universe.instruments.map(({ symbol, calendar }, i) => {
    const { measured } = universe.bars[i];
    return needed && measured !== undefined ? { symbol, calendar, measured: measured.names } : { symbol, calendar };
  });
  const spec = { set, timeframe: universe.timeframe, instruments, lookbackBars };
  if (own.length === 0) return spec;
  checkNames(spec, own);
  return { ...spec, own };
}

function checkNames(spec: FeatureSpec, own: readonly OwnFeature[]): void {
  const [context] = contextsOf(spec);
  const namesOf = (feature: Feature): string[] => [feature.name, ...columnNames(feature, context)];
  const taken = new Set(featuresOf(spec).flatMap(namesOf));
  for (const feature of own) {
    const found = namesOf(feature).find((name) => taken.has(name));
    if (found !== undefined) {
      const other = `${feature.file} names ${found}, which is there already beside it or in ${spec.set}`;
      throw new Failure("features/name-taken", other, { file: feature.file });
    }
    for (const name of namesOf(feature)) taken.add(name);
  }
}

function featuresOf(spec: FeatureSpec): readonly Feature[] {
  invariant(Object.hasOwn(featureSets, spec.set), "a feature set is one of the list", { set: spec.set });
  invariant(spec.instruments.length > 0, "features are made of at least one instrument");
  invariant(Number.isInteger(spec.lookbackBars) && spec.lookbackBars > 0, "a lookback is at least one bar", {
    lookbackBars: spec.lookbackBars,
  });
  const features: readonly Feature[] = [...featureSets[spec.set], ...(spec.own ?? [])];
  checkTimeframe(spec, features);
  checkMeasured(spec.set, features, spec.instruments);
  return features;
}

/** Longer timeframes are made of shorter bars, never the other way. */
function checkTimeframe({ set, timeframe }: FeatureSpec, features: readonly Feature[]): void {
  const needing = features.find((feature) => !canBeMadeOf(feature, timeframe));
  if (needing === undefined) return;
  const found = `${set} needs bars of ${needing.longestBars} or shorter (for ${needing.name}), these are bars of ${timeframe}`;
  throw new Failure("features/missing-input", found, { set, timeframe });
}

/** What the features of each instrument are made for. */
function contextsOf({ timeframe, instruments }: FeatureSpec): FeatureContext[] {
  return instruments.map((instrument) => ({ timeframe, instrument }));
}

/** Column names `[F]`, e.g. `AAPL.rsi14`, `AAPL.adx14.plusDi`; F = instruments × outputs of the set. */
export function featureNames(spec: FeatureSpec): string[] {
  const features = featuresOf(spec);
  return contextsOf(spec).flatMap((context) =>
    features.flatMap((feature) => columnNames(feature, context).map((name) => `${context.instrument.symbol}.${name}`)),
  );
}

/** The group of each column `[F]`, in the order of `featureNames`. */
export function featureGroups(spec: FeatureSpec): FeatureGroup[] {
  const features = featuresOf(spec);
  return contextsOf(spec).flatMap((context) =>
    features.flatMap((feature) => columnNames(feature, context).map(() => feature.group)),
  );
}

/** Names what a model sees: another set, own feature, formula, column, timeframe, symbol, calendar, order or lookback gives another hash. */
export function schemaHash(spec: FeatureSpec): string {
  return definitionHash(spec, featuresOf(spec));
}

/** The hash of features that need not be a listed set: what `schemaHash` is made of. */
export function definitionHash(spec: FeatureSpec, features: readonly Feature[]): string {
  const [context] = contextsOf(spec);
  const definitions = features.map((feature) => [feature.name, columnNames(feature, context), feature.formula]);
  const instruments = spec.instruments.map(({ symbol, calendar, measured }) =>
    measured === undefined ? [symbol, calendar] : [symbol, calendar, measured],
  );
  return sha256(JSON.stringify([spec.set, definitions, spec.timeframe, instruments, spec.lookbackBars]));
}

/** Bars until every column is known: rows `warmUpBars − 1` and later hold no NaN. */
export function warmUpBars(spec: FeatureSpec): number {
  const features = featuresOf(spec);
  const longest = (context: FeatureContext): number =>
    Math.max(...features.map((feature) => feature.create(context).warmUpBars));
  return Math.max(...contextsOf(spec).map(longest));
}

/** Index of the first bar after which a whole window of `lookbackBars` rows is known. */
export function firstWindowRow(spec: FeatureSpec): number {
  return warmUpBars(spec) - 1 + spec.lookbackBars - 1;
}

/** Fresh indicators for every instrument, and the width of a row. */
function createColumns(spec: FeatureSpec): {
  readonly instruments: readonly InstrumentColumns[];
  readonly width: number;
} {
  const features = featuresOf(spec);
  const instruments = contextsOf(spec).map((context) => instrumentColumns(features, context));
  return { instruments, width: instruments.reduce((sum, { width }) => sum + width, 0) };
}

/** The universe's bars of each instrument, in the order of the spec. */
function barsOf(spec: FeatureSpec, universe: Universe): readonly Bars[] {
  if (universe.timeframe !== spec.timeframe) {
    const found = `the features are of ${spec.timeframe} bars, ${universe.name} holds ${universe.timeframe} bars`;
    throw new Failure("model/feature-mismatch", found);
  }
  return spec.instruments.map(({ symbol, calendar, measured }) => {
    const at = universe.instruments.findIndex((instrument) => instrument.symbol === symbol);
    if (at < 0) {
      const held = universe.instruments.map((instrument) => instrument.symbol).join(", ");
      throw new Failure("model/feature-mismatch", `the features need ${symbol}, ${universe.name} holds ${held}`, {
        symbol,
      });
    }
    const held = universe.instruments[at].calendar;
    if (held !== calendar) {
      const found = `the features of ${symbol} keep the calendar ${calendar}, ${universe.name} has ${held} for it`;
      throw new Failure("model/feature-mismatch", found, { symbol });
    }
    const has = universe.bars[at].measured?.names.join(", ");
    if (measured !== undefined && has !== measured.join(", ")) {
      const found = `the features of ${symbol} are made of ${measured.join(", ")}, ${universe.name} has ${has ?? "none of it"}`;
      throw new Failure("model/feature-mismatch", found, { symbol });
    }
    return universe.bars[at];
  });
}

/**
 * Raw features `[T, F]`, NaN only in the first `warmUpBars − 1` rows.
 * @throws Failure model/feature-mismatch where the universe lacks an instrument or has other bars, calendars or measured
 * columns, data/missing-measured where it has none of what a feature is made of, data/missing-volume where a feature needs volume and an instrument has none
 */
export function featureColumns(spec: FeatureSpec, universe: Universe): Float64Array {
  const bars = barsOf(spec, universe);
  const { instruments } = createColumns(spec);
  const warmUp = warmUpBars(spec);
  if (universe.openTime.length >= warmUp) {
    const traded = bars.map(({ volume }) => volume.subarray(0, warmUp).some((units) => units > 0));
    checkVolume(spec, traded, warmUp);
  }
  return tableOf(instruments, bars, warmUp - 1);
}

/** Zeros for a volume that nobody knows would look like a market that sleeps: refused, from the first warm bar on. */
function checkVolume(spec: FeatureSpec, traded: readonly boolean[], warmUp: number): void {
  const needing = featuresOf(spec).find(({ needs }) => needs === "volume");
  const without = spec.instruments.find((_, i) => !traded[i]);
  if (needing === undefined || without === undefined) return;
  const found = `${spec.set} needs volume (for ${needing.name}), ${without.symbol} has none in its first ${warmUp} bars`;
  throw new Failure("data/missing-volume", found, { symbol: without.symbol });
}

/** What a stream can be saved as, to go on with elsewhere. */
interface Saved {
  /** A copy of all it remembers: of each indicator, how many bars it has seen, when the last one was. */
  readonly state: () => Float64Array;
  /**
   * Makes a stream of the same features go on, to the bit, from where one gave this state.
   * @throws InvariantBroken where it is the state of other features
   */
  readonly restore: (state: Float64Array) => void;
}

/** The state of something that remembers, under a stamp of the features that it is of. */
function saved(spec: FeatureSpec, parts: Remembering): Saved {
  // 48 bits of the hash: as a double it is exact.
  const stamp = Number.parseInt(schemaHash(spec).slice(0, 12), 16);
  const { memory } = { memory: [Float64Array.of(stamp), ...parts.memory] };
  return {
    state: () => stateOf({ memory }),
    restore(state) {
      invariant(state[0] === stamp, "a state is restored where it came from: into the same features");
      restoreState({ memory }, state);
    },
  };
}

/** Takes the bars of one moment, one for each instrument in the spec's order. */
export interface FeatureStream extends Saved, Remembering {
  /** A fresh row `[F]`: the same bits as `featureColumns` at that bar. */
  next(bars: readonly Bar[]): Float64Array;
}

/** Raw features one bar at a time. */
export function featureStream(spec: FeatureSpec): FeatureStream {
  const { instruments, width } = createColumns(spec);
  const warmUp = warmUpBars(spec);
  /** Bars seen, and when the last one opened. */
  const progress = Float64Array.of(0, -Infinity);
  /** 1 for each instrument that was traded while warming up. */
  const traded = new Float64Array(spec.instruments.length);
  const memory = memoryOf([
    progress,
    traded,
    ...instruments.flatMap(({ columns }) => columns.map(({ indicator }) => indicator)),
  ]);
  return {
    memory,
    ...saved(spec, { memory }),
    next(bars) {
      checkMoment(spec, bars, progress[1]);
      progress[1] = bars[0].openTime;
      const row = new Float64Array(width);
      writeRow(instruments, bars, row);
      const seen = ++progress[0];
      if (seen <= warmUp) bars.forEach(({ volume }, i) => (traded[i] ||= volume > 0 ? 1 : 0));
      if (seen === warmUp) checkVolume(spec, Array.from(traded, Boolean), warmUp);
      if (seen >= warmUp) checkFinite(row, 0, width, seen - 1);
      return row;
    },
  };
}

/**
 * @throws InvariantBroken unless there is one bar for each instrument, all of one time after the last; Failure
 * data/missing-measured for a bar without what the features are made of
 */
function checkMoment(spec: FeatureSpec, bars: readonly Bar[], lastTime: number): void {
  invariant(bars.length === spec.instruments.length, "there is one bar for each instrument", {
    bars: bars.length,
    instruments: spec.instruments.length,
  });
  const { openTime } = bars[0];
  invariant(openTime > lastTime, "bars are in time order", { openTime, lastTime });
  invariant(
    bars.every((bar) => bar.openTime === openTime),
    "the bars of one moment open at the same time",
    { openTime },
  );
  spec.instruments.forEach(({ symbol, measured }, i) => {
    if (measured === undefined || bars[i].measured?.length === measured.length) return;
    const found = `${spec.set} is made of ${measured.join(", ")}, the bar of ${symbol} has ${bars[i].measured?.length ?? 0} such numbers`;
    throw new Failure("data/missing-measured", found, { symbol });
  });
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
  /** Instruments: the columns are as many blocks of the same features. */
  readonly blocks: number;
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
  return { values, rows, columns, blocks: spec.instruments.length, firstRow: firstWindowRow(spec) };
}

export interface FeatureWindow extends Saved {
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
  /** The window before it is scaled: a saved one may go on with another scaler. */
  const raw = new Float64Array(window.length);
  /** Bars seen. */
  const seen = new Float64Array(1);
  const last = window.length - columns;
  const { state, restore } = saved(spec, { memory: memoryOf([stream, raw, seen]) });
  return {
    state,
    restore(from) {
      restore(from);
      for (let at = 0; at <= last; at += columns) scaleRow(scaler, raw, at, window, at);
    },
    next(bars) {
      raw.copyWithin(0, columns);
      raw.set(stream.next(bars), last);
      window.copyWithin(0, columns);
      scaleRow(scaler, raw, last, window, last);
      return seen[0]++ < firstRow ? undefined : window.slice();
    },
  };
}
