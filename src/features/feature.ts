/** @file A feature: an indicator with fixed settings, in a form that a network can take, and what is said of it. */
import { Failure } from "#base/failure.ts";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
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
  | "order flow"
  | "timeframes"
  | "own";

/** An instrument as far as features know it. */
export interface SeenInstrument extends Pick<Instrument, "symbol" | "calendar"> {
  /** Names of what its bars have measured, in their order; only where a feature is made of it. */
  readonly measured?: readonly string[] | undefined;
}

/** What a feature is made for: sessions and higher timeframes need more than a bar. */
export interface FeatureContext {
  readonly timeframe: Timeframe;
  readonly instrument: SeenInstrument;
}

/** Columns of the bars, by name, that a feature is made of. */
export interface MeasuredNeed {
  /** What has to have been recorded for them. */
  readonly from: "book" | "trades";
  readonly measured: readonly string[];
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
  readonly needs?: "volume" | MeasuredNeed;
  /** The longest bars of which it can be made; absent where any will do. */
  readonly longestBars?: Timeframe;
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

/** True where bars of this length are not too long for it. */
export function canBeMadeOf({ longestBars }: Feature, timeframe: Timeframe): boolean {
  return longestBars === undefined || timeframeMs[timeframe] <= timeframeMs[longestBars];
}

/** The names of a feature's columns for one instrument. */
export function columnNames(feature: Feature, context: FeatureContext): string[] {
  const { outputs } = feature.create(context);
  return outputs.length === 1 ? [feature.name] : outputs.map((output) => `${feature.name}.${output}`);
}

/** The names that features need measured, each once. */
export function measuredNeeds(features: readonly Feature[]): string[] {
  const names = features.flatMap(({ needs }) => (typeof needs === "object" ? needs.measured : []));
  return [...new Set(names)];
}

/** What a name stands for: `ofi1@500units` is `ofi1`, and behind the @ stands how it was measured where that is not as usual. */
function quantityOf(name: string): string {
  return name.split("@")[0];
}

/** Places in `bar.measured` of every quantity that `wanted` says yes to. */
export function measuredPlaces({ measured = [] }: SeenInstrument, wanted: (quantity: string) => boolean): number[] {
  return measured.flatMap((name, place) => (wanted(quantityOf(name)) ? [place] : []));
}

/**
 * Passes instruments that have measured what the features of a set need.
 * @throws Failure data/missing-measured with the names of what is missing
 */
export function checkMeasured(set: string, features: readonly Feature[], instruments: readonly SeenInstrument[]): void {
  const needs = measuredNeeds(features);
  for (const { symbol, measured = [] } of instruments) {
    const held = measured.map(quantityOf);
    const missing = needs.filter((name) => !held.includes(name));
    if (missing.length === 0) continue;
    const lacks = (name: string): boolean => missing.includes(name);
    const kinds = features.flatMap(({ needs: need }) =>
      typeof need === "object" && need.measured.some(lacks) ? [need.from] : [],
    );
    const from = [...new Set(kinds)].join(" and ");
    const found = `${set} needs ${missing.join(", ")} (from ${from}), ${symbol} has ${measured.join(", ") || "prices and volume only"}`;
    throw new Failure("data/missing-measured", found, { symbol, missing });
  }
}
