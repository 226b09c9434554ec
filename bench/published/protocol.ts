/** @file A published protocol: which bars, which days for what, which of our agents, and what others reached on them. */
import type { DateSplit, SplitBorders } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import type { ExperimentInput } from "#training/experiment.ts";

/** A number that others published, and where. */
interface PublishedRow {
  readonly name: string;
  /** mean / standard deviation · √252, as they count it. */
  readonly sharpe: number;
  /** A positive fraction; absent where they do not say. */
  readonly maxDrawdown?: number;
  readonly source: string;
}

/** What these bars must say before anything else is believed: the same number from the same data. */
export interface Reference {
  readonly name: string;
  readonly published: number;
  readonly measured: number;
  /** Both are equal if they differ by no more than this. */
  readonly tolerance: number;
}

export interface Protocol {
  readonly name: string;
  readonly title: string;
  readonly split: DateSplit;
  readonly borders: SplitBorders;
  /** Ours, by the name of its row. */
  readonly agents: Readonly<Record<string, ExperimentInput>>;
  readonly published: readonly PublishedRow[];
  /** Sentences on what differs between their protocol and ours. */
  readonly differs: readonly string[];
  /** Reads the bars. */
  universe(): Promise<Universe>;
  /** Numbers of theirs that follow from the bars alone. */
  references(): Promise<readonly Reference[]>;
}
