/** @file A feature: an indicator with fixed settings, in a form that a network can take, and what is said of it. */
import type { Indicator } from "./indicator.ts";

export type FeatureGroup = "trend" | "momentum" | "volatility" | "volume" | "statistics" | "price";

export interface Feature {
  /** Unique in its set; a column is `SYMBOL.name`, or `SYMBOL.name.output` when there are several outputs. */
  readonly name: string;
  readonly group: FeatureGroup;
  /** What is computed, in full. It is part of the schema hash: change it whenever the numbers change. */
  readonly formula: string;
  readonly range: string;
  /** Paper or book that defines the indicator. */
  readonly source: string;
  readonly create: () => Indicator;
}

/** The names of a feature's columns for one instrument. */
export function columnNames(feature: Feature): string[] {
  const { outputs } = feature.create();
  return outputs.length === 1 ? [feature.name] : outputs.map((output) => `${feature.name}.${output}`);
}
