/** @file One training run on disk, from its configuration to its model; may be interrupted and goes on to the same bytes. */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import type { Clock } from "#base/clock.ts";
import { dayMs, dayStart } from "#domain/day.ts";
import { firstBarFrom, sliceUniverse } from "#domain/universe.ts";
import type { Universe } from "#domain/universe.ts";
import type { BarRange } from "#data/split.ts";
import { featureNames, schemaHash } from "#features/pipeline.ts";
import { plainScaler } from "#features/scalers/fitted-scaler.ts";
import { dataHash } from "#storage/data-hash.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import { saveModel } from "#storage/model-store.ts";
import type { IterationMetrics } from "#agents/agent.ts";
import { codeVersion } from "./code-version.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import { createDataset, createFold } from "./dataset.ts";
import type { Experiment } from "./experiment.ts";
import { experimentSchema } from "./experiment.ts";
import { modelBytes } from "./model.ts";
import type { RunFolder } from "./run-folder.ts";
import { createRunFolder, resumeRunFolder } from "./run-folder.ts";
import type { Training } from "./trainer.ts";
import { startTraining } from "./trainer.ts";

const day = z.iso.date();

/** What `config.json` of a run holds. */
export const runConfigSchema = z.strictObject({
  market: z.string().min(1),
  /** First and last day that may be trained on, UTC; absent: all there is. */
  from: day.optional(),
  until: day.optional(),
  /** Last part of those bars, kept out of training to choose the best parameters by. */
  validationShare: z.number().min(0.05).max(0.5).default(0.15),
  /** Bars left out between training and validation. */
  embargoBars: z.int().min(0).default(21),
  experiment: experimentSchema,
});

export type RunConfig = z.output<typeof runConfigSchema>;

export interface TrainRunOptions {
  readonly path: string;
  readonly universe: Universe;
  readonly config: RunConfig;
  /** Goes on with the run at `path` instead of beginning one. */
  readonly resume: boolean;
  readonly clock: Clock;
  /** When it is aborted, the run writes a checkpoint after the iteration under way and ends. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (transitions: number, metrics: IterationMetrics) => void;
}

export interface TrainedRun {
  readonly path: string;
  readonly transitions: number;
  /** Ended by the signal: a checkpoint was written, and there is no model yet. */
  readonly interrupted: boolean;
  /** It had all its transitions when it was resumed: nothing was learned, the model was written as it was. */
  readonly alreadyFinished: boolean;
  readonly model?: ModelManifest;
  readonly validation: { readonly meanReward: number; readonly turnover: number; readonly transitions: number };
  readonly train: BarRange;
  readonly validate: BarRange;
}

/**
 * Trains as the configuration says and writes the model.
 * @throws Failure data/not-enough-bars, storage/exists, training/data-changed …
 */
export async function trainRun(options: TrainRunOptions): Promise<TrainedRun> {
  const { config, clock, signal, onProgress } = options;
  const settings = config.experiment;
  const known = knownBars(options.universe, config);
  const dataset = createDataset(known, settings);
  const { train, validate } = splitOf(dataset, config);
  const fold = createFold(dataset, train, validate, settings);
  const hash = dataHash(known);
  const { folder, checkpoint } = options.resume
    ? await resumeRunFolder(options.path, clock)
    : { folder: await createRunFolder(options.path, { config, seeds: [settings.seed], dataHash: hash }, clock) };
  if (folder.run.dataHash !== hash) {
    folder.close();
    throw new Failure("training/data-changed", `the run has ${folder.run.dataHash}, the market now gives ${hash}`);
  }
  const training = await startTraining(dataset, fold, settings);
  try {
    if (checkpoint) training.restore(checkpoint.state as Parameters<Training["restore"]>[0]);
    const alreadyFinished = training.done;
    await learn(training, folder, settings, signal, onProgress);
    const { best } = training;
    const finished = training.done;
    const model = finished ? await writeModel(training, folder, dataset, fold, settings, hash) : undefined;
    return {
      path: folder.path,
      transitions: training.transitions,
      interrupted: !finished,
      alreadyFinished,
      ...(model ? { model } : {}),
      validation: { ...best.score, transitions: best.transitions },
      train: fold.train,
      validate,
    };
  } finally {
    folder.close();
    await training.dispose();
  }
}

async function learn(
  training: Training,
  folder: RunFolder,
  { evaluateEvery }: Experiment,
  signal: AbortSignal | undefined,
  onProgress: TrainRunOptions["onProgress"],
): Promise<void> {
  while (!training.done) {
    const before = training.transitions;
    const metrics = await training.next();
    folder.record(training.transitions, metrics);
    onProgress?.(training.transitions, metrics);
    const due = Math.floor(before / evaluateEvery) !== Math.floor(training.transitions / evaluateEvery);
    const stop = signal?.aborted === true;
    if (due || stop || training.done) await folder.saveCheckpoint(training.transitions, training.snapshot());
    if (stop) return;
    // The engine runs on this thread: let signals through.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function writeModel(
  training: Training,
  folder: RunFolder,
  dataset: Dataset,
  fold: TrainingFold,
  settings: Experiment,
  hash: string,
): Promise<ModelManifest> {
  const { spec, universe } = dataset;
  const instruments = spec.instruments.length;
  return saveModel(folder.modelPath, {
    onnx: modelBytes(training, dataset),
    manifest: {
      kind: "policy-network",
      agent: settings.agent,
      features: {
        ...spec,
        instruments: [...spec.instruments],
        schemaHash: schemaHash(spec),
        names: featureNames(spec),
      },
      scaler: plainScaler(fold.scaler),
      actionSpace: { name: settings.actions, levels: settings.levels, heads: instruments },
      observation: { accountSize: training.env.observationSpace.size },
      dataHash: hash,
      trained: {
        from: universe.openTime[fold.train.from],
        until: universe.openTime[fold.validation.to - 1],
        transitions: training.transitions,
        seed: settings.seed,
        config: JSON.parse(JSON.stringify(settings)) as Record<string, z.core.util.JSONType>,
      },
      codeVersion: codeVersion(),
    },
  });
}

/** The bars up to the end of `until`: nothing later is in memory while training. */
function knownBars(whole: Universe, { until }: RunConfig): Universe {
  const to = until === undefined ? whole.openTime.length : firstBarFrom(whole.openTime, dayStart(until) + dayMs);
  return sliceUniverse(whole, 0, to);
}

function splitOf(
  { universe, firstBar }: Dataset,
  { from, validationShare, embargoBars }: RunConfig,
): { readonly train: BarRange; readonly validate: BarRange } {
  const to = universe.openTime.length;
  const start = Math.max(firstBar, from === undefined ? 0 : firstBarFrom(universe.openTime, dayStart(from)));
  const validateFrom = to - Math.floor(Math.max(0, to - start) * validationShare);
  return { train: { from: start, to: validateFrom - embargoBars }, validate: { from: validateFrom, to } };
}
