/** @file One run of boosted trees on disk: labels of the training span in, a model out that trades like any other. */
import { join } from "node:path";
import type { z } from "zod";
import { createBoosting } from "#agents/boosting.ts";
import type { BoostingData, RoundMetrics } from "#agents/boosting.ts";
import type { BoostingConfig } from "#agents/boosting/config.ts";
import { checkBoosting } from "#agents/boosting/config.ts";
import type { BoostingRows } from "#agents/boosting/memory.ts";
import type { Clock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { BarRange } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import type { Labels } from "#features/labels/label.ts";
import { outcomeOf, purgedBars } from "#features/labels/label.ts";
import { featureNames } from "#features/pipeline.ts";
import { plainScaler } from "#features/scalers/fitted-scaler.ts";
import type { FoldSaturation } from "#features/scalers/saturation.ts";
import { accountWidth } from "#market/account.ts";
import { signalSettings } from "#market/action-spaces.ts";
import { forestModel } from "#policy/trees/forest-model.ts";
import type { Forest } from "#policy/trees/forest.ts";
import { importance } from "#policy/trees/forest.ts";
import { forestToXgboost } from "#policy/trees/xgboost-json.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { dataHash } from "#storage/data-hash.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import { saveModel } from "#storage/model-store.ts";
import { threadCrew } from "./boosting-crew.ts";
import type { BoostingSettings } from "./boosting-settings.ts";
import { boostingConfig, checkRuleFilter, labelsOf, objectiveOf, usedOf } from "./boosting-settings.ts";
import { codeVersion } from "./code-version.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import { createDataset, createFold } from "./dataset.ts";
import type { Experiment } from "./experiment.ts";
import { checkedFeatures, readFeatureFiles } from "./feature-files.ts";
import { describedFeatures } from "./model.ts";
import type { RunFolder } from "./run-folder.ts";
import { createRunFolder } from "./run-folder.ts";
import type { RunConfig, RunParts } from "./run.ts";
import { knownBars, partOf, partsOf } from "./run-split.ts";

export interface BoostRunOptions {
  readonly path: string;
  readonly universe: Universe;
  readonly config: RunConfig & { readonly boosting: BoostingSettings };
  readonly clock: Clock;
  /** Threads that boost together; what comes of it does not depend on how many. */
  readonly threads: number;
  /** When it is aborted, the run ends after the round under way, without a model. */
  readonly signal?: AbortSignal;
  readonly onParts?: (parts: RunParts) => void;
  /** Called with the rounds so far of all instruments, and what the last one came to. */
  readonly onProgress?: (rounds: number, metrics: RoundMetrics) => void;
}

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

export interface BoostedRun {
  readonly path: string;
  readonly interrupted: boolean;
  readonly instruments: readonly BoostedInstrument[];
  readonly model?: ModelManifest;
  readonly parts: RunParts;
  readonly saturation: FoldSaturation;
}

/**
 * Boosts the trees of each instrument and writes the model: `policy.onnx`, its manifest, and each forest as XGBoost's JSON.
 * @throws Failure config/invalid, data/not-enough-bars, storage/exists …
 */
export async function boostRun(options: BoostRunOptions): Promise<BoostedRun> {
  const { config, clock, path, onParts } = options;
  const { experiment: settings, boosting } = config;
  checkActions(settings);
  checkRuleFilter(boosting, options.universe.timeframe);
  const known = knownBars(options.universe, config);
  const featureFiles = await readFeatureFiles(settings.featureFiles);
  const dataset = createDataset(known, settings, await checkedFeatures(featureFiles, known));
  const { train, validation } = partsOf(known.openTime, dataset.firstBar, config);
  const fold = createFold(dataset, train, validation, settings);
  const parts = { train: partOf(known.openTime, fold.train), validation: partOf(known.openTime, validation) };
  const hash = dataHash(known);
  const columns = windowNames(dataset);
  const learner = boostingConfig(boosting, columns);
  // Before there is a folder: what is refused leaves nothing behind.
  checkBoosting(learner, columns.length, true);
  const data = known.instruments.map(({ symbol }, i) =>
    supervised(symbol, labelsOf(known.bars[i], boosting.label), fold, dataset, columns),
  );
  const folder = await createRunFolder(
    path,
    {
      config: { ...config, experiment: usedOf(settings) },
      seeds: [settings.seed],
      dataHash: hash,
      saturation: fold.saturation,
      featureFiles,
    },
    clock,
  );
  onParts?.(parts);
  try {
    const instruments: BoostedInstrument[] = [];
    const forests: Forest[] = [];
    const progress = { rounds: 0 };
    for (const [i, { symbol }] of known.instruments.entries()) {
      const grown = await boostOne(symbol, data[i], learner, folder, progress, options);
      if (grown === undefined) return { path, interrupted: true, instruments, parts, saturation: fold.saturation };
      instruments.push(grown.instrument);
      forests.push(grown.forest);
    }
    const model = await writeModel(folder, forests, dataset, fold, config, data, hash);
    return { path, interrupted: false, instruments, model, parts, saturation: fold.saturation };
  } finally {
    folder.close();
  }
}

/**
 * Votes are BUY, SELL and HOLD, as words or as weights.
 * @throws Failure config/invalid
 */
function checkActions(settings: Experiment): void {
  const { actions } = settings;
  const words = signalSettings(actions, settings)?.space.words;
  const right =
    words === undefined ? actions === "levels" : ["BUY", "SELL", "HOLD"].every((word) => words.includes(word));
  if (right) return;
  throw new Failure(
    "config/invalid",
    `actions: boosted trees say BUY, SELL or HOLD, which ${actions} cannot; use levels or alpha`,
  );
}

/** Columns of a row: the features of the window's bars, oldest first, `@-k` for those k bars back. */
function windowNames({ spec }: Dataset): string[] {
  const names = featureNames(spec);
  return Array.from({ length: spec.lookbackBars }, (_, at) => spec.lookbackBars - 1 - at).flatMap((back) =>
    names.map((name) => (back === 0 ? name : `${name}@-${back}`)),
  );
}

/**
 * Labelled bars as rows. What is learned from has its label settled before validation begins, and what is validated by before
 * the span ends.
 */
function supervised(
  symbol: string,
  labels: Labels,
  fold: TrainingFold,
  dataset: Dataset,
  columns: readonly string[],
): BoostingData & { readonly validation: BoostingRows } {
  const rowsOf = (range: BarRange, knownBefore: number): BoostingRows => {
    const bars = purgedBars(labels, Math.max(range.from, dataset.firstBar), range.to, knownBefore);
    if (bars.length < 10) {
      const found = `${symbol}: bars ${range.from} to ${range.to} have ${bars.length} labels that are settled in time, and 10 are needed`;
      throw new Failure("data/not-enough-bars", found);
    }
    const width = columns.length;
    const { values, columns: perBar } = fold.table;
    const rows = new Float32Array(bars.length * width);
    bars.forEach((t, row) => rows.set(values.subarray((t + 1) * perBar - width, (t + 1) * perBar), row * width));
    return { values: rows, labels: Float32Array.from(bars, (t) => outcomeOf(labels[t]!)) };
  };
  return {
    featureNames: columns,
    train: rowsOf(fold.train, fold.validation.from),
    validation: rowsOf(fold.validation, fold.validation.to),
  };
}

/** −1, 0 and 1 as the classes 0, 1 and 2; returns as they are. */
function asClasses(rows: BoostingRows, { objective }: BoostingConfig): BoostingRows {
  return objective === "softmax" ? { ...rows, labels: rows.labels.map((label) => label + 1) } : rows;
}

async function boostOne(
  symbol: string,
  data: BoostingData & { readonly validation: BoostingRows },
  learner: BoostingConfig,
  folder: RunFolder,
  progress: { rounds: number },
  { config, threads, signal, onProgress }: BoostRunOptions,
): Promise<{ readonly instrument: BoostedInstrument; readonly forest: Forest } | undefined> {
  const [train, validation] = [asClasses(data.train, learner), asClasses(data.validation, learner)];
  const { seed } = config.experiment;
  const boosting = await createBoosting({ ...data, train, validation }, learner, seed, threadCrew(threads));
  const losses: RoundMetrics[] = [];
  try {
    while (!boosting.done) {
      const metrics = boosting.next();
      losses.push(metrics);
      folder.record(++progress.rounds, { symbol, round: boosting.rounds, ...metrics });
      onProgress?.(progress.rounds, metrics);
      // Boosting keeps this thread busy: let signals through.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted === true) return undefined;
    }
    const { trainLoss, validationLoss = NaN } = losses[boosting.bestRounds - 1];
    const forest = boosting.forest();
    const gains = importance(forest, "gain");
    const instrument = {
      symbol,
      rows: { train: train.labels.length, validation: validation.labels.length },
      rounds: boosting.bestRounds,
      trainLoss,
      validationLoss,
      priorLoss: priorLoss(train.labels, validation.labels, learner),
      importance: forest.featureNames
        .map((feature, f) => ({ feature, gain: gains[f] }))
        .filter(({ gain }) => gain > 0)
        .sort((a, b) => b.gain - a.gain),
    };
    return { instrument, forest };
  } finally {
    await boosting.dispose();
  }
}

/** The validation loss of the training labels' frequencies (with one more of each class), or of their mean. */
function priorLoss(train: Float32Array, validation: Float32Array, { objective, classes }: BoostingConfig): number {
  if (objective === "softmax") {
    const counts = new Float64Array(classes).fill(1);
    for (const label of train) counts[label]++;
    const share = (label: number): number => counts[label] / (train.length + classes);
    return validation.reduce((sum, label) => sum - Math.log(share(label)), 0) / validation.length;
  }
  const mean = train.reduce((sum, label) => sum + label, 0) / train.length;
  return Math.sqrt(validation.reduce((sum, label) => sum + (label - mean) ** 2, 0) / validation.length);
}

async function writeModel(
  folder: RunFolder,
  forests: readonly Forest[],
  { spec, universe }: Dataset,
  fold: TrainingFold,
  { experiment: settings, boosting, ...split }: BoostRunOptions["config"],
  data: readonly BoostingData[],
  hash: string,
): Promise<ModelManifest> {
  const features = describedFeatures(spec);
  const accountSize = accountWidth(spec.instruments.length);
  const content = { ...split, experiment: usedOf(settings), boosting };
  const manifest = await saveModel(folder.modelPath, {
    onnx: forestModel(forests, accountSize, { schemaHash: features.schemaHash }),
    manifest: {
      kind: "boosted-trees",
      agent: "boosting",
      features,
      scaler: plainScaler(fold.scaler),
      saturation: { train: [...fold.saturation.train], validation: [...fold.saturation.validation] },
      actionSpace: { name: settings.actions, levels: settings.levels, heads: spec.instruments.length },
      observation: { accountSize },
      decision: {
        objective: objectiveOf(boosting),
        threshold: boosting.threshold,
        ...(boosting.agreeWithRule ? { agreesWith: "trend-rule" as const } : {}),
        ...(boosting.ruleFilter === undefined ? {} : { ruleFilter: boosting.ruleFilter }),
      },
      dataHash: hash,
      trained: {
        from: universe.openTime[fold.train.from],
        until: universe.openTime[fold.validation.to - 1],
        transitions: data.reduce((sum, { train }) => sum + train.labels.length, 0),
        seed: settings.seed,
        config: JSON.parse(JSON.stringify(content)) as Record<string, z.core.util.JSONType>,
      },
      codeVersion: codeVersion(),
    },
  });
  for (const [i, { symbol }] of spec.instruments.entries()) {
    await writeFileWhole(join(folder.modelPath, xgboostFile(symbol)), forestToXgboost(forests[i]));
  }
  return manifest;
}

/** The file that an instrument's forest is kept in for XGBoost. */
function xgboostFile(symbol: string): string {
  return `${symbol.replaceAll(/[^\w.-]/g, "_")}.xgboost.json`;
}
