/** @file The trees of all instruments of one fold, grown round by round: no disk, no market, and the same whatever the threads. */
import type { Boosting, RoundMetrics } from "#agents/boosting.ts";
import { createBoosting } from "#agents/boosting.ts";
import { checkBoosting } from "#agents/boosting/config.ts";
import { grownForest, restoredTrees, treesSnapshot } from "#agents/boosting/forest-snapshot.ts";
import type { BarRange } from "#data/split.ts";
import type { Snapshot } from "#env/env.ts";
import { named, part } from "#env/snapshot.ts";
import { schemaHash } from "#features/pipeline.ts";
import { accountWidth } from "#market/account.ts";
import { forestModel } from "#policy/trees/forest-model.ts";
import type { Forest } from "#policy/trees/forest.ts";
import { importance } from "#policy/trees/forest.ts";
import { threadCrew } from "./boosting-crew.ts";
import { voteOutcomes } from "./boosted-confidence.ts";
import { foldRows, priorLoss, windowNames } from "./boosting-rows.ts";
import type { BoostingSettings } from "./boosting-settings.ts";
import { boostingConfig, labelsOf } from "./boosting-settings.ts";
import type { CalibrationMethod, Confidence } from "./confidence.ts";
import { confidenceOf } from "./confidence.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import { createFold } from "./dataset.ts";
import type { Experiment } from "./experiment.ts";
import { decisionOf } from "./trees-policy.ts";

/** What the trees of one instrument came to. */
export interface BoostedInstrument {
  readonly symbol: string;
  /** Labelled bars that were learned from, and that the rounds were chosen by. */
  readonly rows: { readonly train: number; readonly validation: number };
  readonly rounds: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
  /** Of who only knows how often each class was in training, or the mean return: no lower than this is no skill. */
  readonly priorLoss: number;
  /** Features by the mean gain of a split, largest first; those that are never split by are left out. */
  readonly importance: readonly { readonly feature: string; readonly gain: number }[];
}

/** Were its trees no better on the validation span than who only knows how often each label is? */
export function isWithoutSkill({ validationLoss, priorLoss: prior }: BoostedInstrument): boolean {
  return !(validationLoss < prior);
}

/** A round of the instrument whose turn it is. */
export type BoostedRound = RoundMetrics & { readonly symbol: string; readonly round: number };

/** Trees under way: may be stopped after any round, and go on from a snapshot as if they had not been. */
export interface BoostedTraining {
  /** Rounds so far, of all instruments. */
  readonly rounds: number;
  readonly done: boolean;
  next(): Promise<BoostedRound>;
  /** The instruments whose trees are grown, and their forests, in the market's order. */
  readonly instruments: readonly BoostedInstrument[];
  readonly forests: readonly Forest[];
  /** How far their votes can be believed, of a training that is done; undefined where they are too few, or foretell returns. */
  confidence(method: CalibrationMethod): Confidence | undefined;
  /** The acting model of all forests, ONNX; of a training that is done. */
  model(): Uint8Array;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): Promise<void>;
  dispose(): Promise<void>;
}

/** A fold for trees, which play no episodes: their own check of the spans counts labels. */
export function createTreesFold(
  dataset: Dataset,
  train: BarRange | readonly BarRange[],
  validation: BarRange,
  settings: Experiment,
): TrainingFold {
  return createFold(dataset, train, validation, { ...settings, episodeBars: 1 });
}

/**
 * Makes the rows and settings of every instrument ready; nothing is learned before the first `next`.
 * @param threads that boost together; what comes of it does not depend on how many
 * @throws Failure config/invalid, data/not-enough-bars
 */
export function startBoosting(
  dataset: Dataset,
  fold: TrainingFold,
  seed: number,
  settings: BoostingSettings,
  threads: number,
): BoostedTraining {
  const { universe, spec } = dataset;
  const columns = windowNames(dataset);
  const config = boostingConfig(settings, columns);
  checkBoosting(config, columns.length, true);
  const data = universe.instruments.map(({ symbol }, i) =>
    foldRows(symbol, labelsOf(universe.bars[i], settings.label), fold, dataset, columns, config),
  );
  let instruments: BoostedInstrument[] = [];
  let forests: Forest[] = [];
  let current: Boosting | undefined;
  let roundsBefore = 0;
  const begin = (at: number): Promise<Boosting> => createBoosting(data[at], config, seed, threadCrew(threads));
  const rounds = (): number => roundsBefore + (current?.rounds ?? 0);
  const dispose = async (): Promise<void> => {
    await current?.dispose();
    current = undefined;
  };

  return {
    get rounds() {
      return rounds();
    },
    get done() {
      return forests.length === data.length;
    },
    get instruments() {
      return instruments;
    },
    get forests() {
      return forests;
    },
    async next() {
      const at = forests.length;
      current ??= await begin(at);
      const metrics = current.next();
      const { symbol } = universe.instruments[at];
      const line = { symbol, round: current.rounds, ...metrics };
      if (current.done) {
        const forest = current.forest();
        instruments = [...instruments, described(symbol, current, forest)];
        forests = [...forests, forest];
        roundsBefore += current.rounds;
        await dispose();
      }
      return line;
    },
    confidence: (method) => confidenceOf(voteOutcomes(forests, data, decisionOf(settings)), method, "votes"),
    model: () => forestModel(forests, accountWidth(universe.instruments.length), { schemaHash: schemaHash(spec) }),
    snapshot: () => ({
      grown: new TextEncoder().encode(JSON.stringify(instruments)),
      roundsBefore: Float64Array.of(roundsBefore),
      bases: Float64Array.from(forests, ({ baseScore: [base] }) => base),
      ...named("forests", treesSnapshot(forests.flatMap(({ trees }) => trees))),
      forestTrees: Int32Array.from(forests, ({ trees }) => trees.length),
      ...(current === undefined ? {} : named("current", current.snapshot())),
    }),
    async restore(snapshot) {
      await dispose();
      instruments = JSON.parse(new TextDecoder().decode(Uint8Array.from(snapshot["grown"]))) as BoostedInstrument[];
      [roundsBefore] = snapshot["roundsBefore"];
      const trees = restoredTrees(part("forests", snapshot));
      forests = Array.from(snapshot["forestTrees"], (count, at) =>
        grownForest(config, columns, snapshot["bases"][at], trees.splice(0, count)),
      );
      const going = part("current", snapshot);
      if (Object.keys(going).length === 0) return;
      current = await begin(forests.length);
      current.restore(going);
    },
    dispose,
  };

  function described(symbol: string, boosting: Boosting, forest: Forest): BoostedInstrument {
    const { train, validation } = data[forests.length];
    const gains = importance(forest, "gain");
    return {
      symbol,
      rows: { train: train.labels.length, validation: validation.labels.length },
      rounds: boosting.bestRounds,
      trainLoss: boosting.bestLosses.train,
      validationLoss: boosting.bestLosses.validation,
      priorLoss: priorLoss(data[forests.length], config),
      importance: forest.featureNames
        .map((feature, f) => ({ feature, gain: gains[f] }))
        .filter(({ gain }) => gain > 0)
        .sort((a, b) => b.gain - a.gain),
    };
  }
}
