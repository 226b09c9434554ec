/** @file What commands count as trials: a training, and a look that a run or the agent of a walk-forward took at test bars. */
import type { Trial } from "#domain/trial.ts";
import { trialConfig } from "#domain/trial.ts";
import type { Universe } from "#domain/universe.ts";
import type { BacktestSetting } from "#evaluation/backtest.ts";
import { simpleReturns } from "#evaluation/metrics.ts";
import { dataHash } from "#storage/data-hash.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import { usedOf } from "#training/boosting-settings.ts";
import type { FeatureFileRecord } from "#training/feature-files.ts";
import type { RunConfig } from "#training/run.ts";

/** Who is tried: the same words for its training and for each look at it. */
export interface TriedAgent {
  /** For people. */
  readonly agent: string;
  /** All that was chosen but the seed. */
  readonly settings: unknown;
  readonly seed: number;
}

/** The agent of a run, with the texts of its own features by their hashes. */
export function agentOfRun(config: RunConfig, featureFiles: readonly FeatureFileRecord[]): TriedAgent {
  const { experiment, boosting, ...split } = config;
  // Trees use few of an experiment's settings, and a run keeps those alone.
  const used: Partial<typeof experiment> = boosting === undefined ? experiment : usedOf(experiment);
  const settings = { ...split, boosting, experiment: seedless(used, featureFiles) };
  return {
    agent: boosting === undefined ? experiment.agent.toUpperCase() : "BOOSTING",
    settings,
    seed: experiment.seed,
  };
}

/** Settings without the seed, and with the hashes of a user's own features in place of where they lie. */
export function seedless(settings: object, featureFiles: readonly FeatureFileRecord[]): object {
  return { ...settings, seed: undefined, featureFiles: featureFiles.map(({ sha256 }) => sha256).toSorted() };
}

/** Bars that a trial is of. */
type TrialBars = Pick<Trial, "market" | "symbols" | "timeframe" | "dataHash" | "from" | "until">;

/** Bars `from` (inclusive) to `to` (exclusive) of a universe. */
export function barsOf(universe: Universe, from = 0, to = universe.openTime.length): TrialBars {
  const { name, instruments, timeframe, openTime } = universe;
  return {
    market: name,
    symbols: instruments.map(({ symbol }) => symbol),
    timeframe,
    dataHash: hashOf(universe),
    from: openTime[from],
    until: openTime[to - 1],
  };
}

const hashes = new WeakMap<Universe, string>();

/** Worked out once of each universe: a walk-forward has many trainings on one. */
function hashOf(universe: Universe): string {
  const hash = hashes.get(universe) ?? dataHash(universe);
  hashes.set(universe, hash);
  return hash;
}

/** Bars that a model was trained and chosen on. */
export function barsOfModel(market: string, { features, dataHash: hash, trained }: ModelManifest): TrialBars {
  const symbols = features.instruments.map(({ symbol }) => symbol);
  const { from, until } = trained;
  return { market, symbols, timeframe: features.timeframe, dataHash: hash, from, until };
}

/** A training that may know these bars. */
export function trainingOf({ agent, settings, seed }: TriedAgent, bars: TrialBars): Trial {
  return { kind: "training", agent, ...trialConfig(settings), seed, ...bars, returns: new Float64Array() };
}

/**
 * A look: what was earned over the bars of a setting.
 * @param equity `[to − from]`, the capital at the close of bar `from` first; shorter where it was cut short
 */
export function lookOf(
  { agent, settings, seed }: TriedAgent,
  { universe, from }: Pick<BacktestSetting, "universe" | "from">,
  equity: ArrayLike<number>,
  inSample: boolean,
): Trial {
  return {
    kind: inSample ? "in-sample look" : "look",
    agent,
    ...trialConfig(settings),
    seed,
    ...barsOf(universe, from + 1, from + equity.length),
    returns: simpleReturns(equity),
  };
}
