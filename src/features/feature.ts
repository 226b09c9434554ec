/** @file A feature: an indicator with fixed settings, in a form that a network can take, and what is said of it. */
import type { Timeframe } from "#domain/bar.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { Indicator } from "./indicator.ts";

export type FeatureGroup =
  | "trend"
  | "momentum"
  | "volatility"
  | "volume"
  | "levels"
  | "statistics"
  | "price"
  | "regime"
  | "signal"
  | "time"
  | "timeframes"
  | "own";

/** An instrument as far as features know it. */
export type SeenInstrument = Pick<Instrument, "symbol" | "calendar">;

/** What a feature is made for: sessions and higher timeframes need more than a bar. */
export interface FeatureContext {
  readonly timeframe: Timeframe;
  readonly instrument: SeenInstrument;
}

export interface Feature {
  /** Unique in its set; a column is `SYMBOL.name`, or `SYMBOL.name.output` when there are several outputs. */
  readonly name: string;
  readonly group: FeatureGroup;
  /** What is computed, in full. It is part of the schema hash: change it whenever the numbers change. */
  readonly formula: string;
  readonly range: string;
  /** Paper or book that defines the indicator. */
  readonly source: string;
  /** What it cannot do without: asked of an instrument that has none of it, it is refused. */
  readonly needs?: "volume";
  readonly create: (context: FeatureContext) => Indicator;
  /** A shorter way to the same bits, where they are made of other columns of the same row. */
  readonly derive?: Derivation;
}

/** A user's own feature: computed beside those of a set, and known by its file. */
export interface OwnFeature extends Feature {
  readonly outputs: readonly string[];
  /** Name of the file that it is from, and the SHA-256 of its text. */
  readonly file: string;
  readonly sha256: string;
}

/** How a feature's outputs follow from columns of the same instrument and bar that come before it in its set. */
export interface Derivation {
  /** Names of the columns, as `columnNames` gives them. */
  readonly from: readonly string[];
  /** Writes the outputs into `row` from `at`; the columns of `from` lie at `places`, in that order. A NaN among them is said too. */
  readonly write: (row: Float64Array, places: readonly number[], at: number) => void;
}

/** The names of a feature's columns for one instrument. */
export function columnNames(feature: Feature, context: FeatureContext): string[] {
  const { outputs } = feature.create(context);
  return outputs.length === 1 ? [feature.name] : outputs.map((output) => `${feature.name}.${output}`);
}
