/** @file One training run on disk, from its configuration to its model; may be interrupted and goes on to the same bytes. */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import type { Clock } from "#base/clock.ts";
import type { Universe } from "#domain/universe.ts";
import type { BarRange } from "#data/split.ts";
import { plainScaler } from "#features/scalers/fitted-scaler.ts";
import type { FoldSaturation } from "#features/scalers/saturation.ts";
import type { RewardDeviations } from "#market/reward.ts";
import { dataHash } from "#storage/data-hash.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import { saveModel } from "#storage/model-store.ts";
import type { IterationMetrics } from "#agents/agent.ts";
import { actionWidth } from "#env/space.ts";
import { boostingSchema } from "./boosting-settings.ts";
import { codeVersion } from "./code-version.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import { createDataset, createFold } from "./dataset.ts";
import type { Experiment } from "./experiment.ts";
import { experimentSchema } from "./experiment.ts";
import type { GreedyScore } from "./greedy.ts";
import type { Alarm } from "./looks.ts";
import { describedFeatures, modelBytes } from "./model.ts";
import { checkedFeatures, keptFeatureFiles, readFeatureFiles } from "./feature-files.ts";
import type { RunFolder } from "./run-folder.ts";
import { createRunFolder, readRun, resumeRunFolder } from "./run-folder.ts";
import type { StatusWriter } from "./run-status.ts";
import { statusWriter } from "./run-status.ts";
import type { Part } from "./run-split.ts";
import { knownBars, partOf, partsOf, runSplitFields, splitConflict } from "./run-split.ts";
import type { Training } from "./trainer.ts";
import { expectSameConfig } from "./same-config.ts";
import { startStages } from "./stages.ts";
import { lookAheadNote } from "./warm-start-settings.ts";

/** What `config.json` of a run holds. */
export const runConfigSchema = z
  .strictObject({
    market: z.string().min(1),
    ...runSplitFields,
    experiment: experimentSchema,
    /** Of a run of boosted trees. */
    boosting: boostingSchema.optional(),
  })
  .check(({ value, issues }) => {
    const message = splitConflict(value);
    if (message !== undefined) issues.push({ code: "custom", path: ["split"], input: value, message });
  });

export type RunConfig = z.output<typeof runConfigSchema>;

export interface TrainRunOptions {
  readonly path: string;
  readonly universe: Universe;
  readonly config: RunConfig;
  /** Goes on with the run at `path` instead of beginning one. */
  readonly resume: boolean;
  readonly clock: Clock;
  /** When it is aborted, the run writes a checkpoint after the iteration under way and ends, as it does when `askToStop` asked. */
  readonly signal?: AbortSignal;
  /** Called once, before anything is learned. */
  readonly onParts?: (parts: RunParts) => void;
  readonly onProgress?: (transitions: number, metrics: IterationMetrics) => void;
  /** Called when there is something new to worry about. */
  readonly onAlarm?: (alarm: Alarm) => void;
}

export interface RunParts {
  readonly train: Part;
  readonly validation: Part;
}

export interface TrainedRun {
  readonly path: string;
  readonly transitions: number;
  /** Ended by the signal or because it was asked to stop: a checkpoint was written, and there is no model yet. */
  readonly interrupted: boolean;
  /** It was interrupted because `ploutos stop` asked. */
  readonly stopAsked: boolean;
  /** It had all its transitions when it was resumed: nothing was learned, the model was written as it was. */
  readonly alreadyFinished: boolean;
  /** Ended by `earlyStopping` before its last transition. */
  readonly stoppedEarly: boolean;
  /** What there was to worry about. */
  readonly alarms: readonly Alarm[];
  readonly model?: ModelManifest;
  readonly validation: GreedyScore & { readonly transitions: number };
  readonly train: BarRange;
  readonly validate: BarRange;
  readonly parts: RunParts;
  readonly saturation: FoldSaturation;
  /** What the terms of its reward are divided by, where they are. */
  readonly rewardDeviations: RewardDeviations;
}

/**
 * Trains as the configuration says and writes the model.
 * @throws Failure data/not-enough-bars, storage/exists, training/config-changed, training/data-changed …
 */
export async function trainRun(options: TrainRunOptions): Promise<TrainedRun> {
  const { config, clock, onParts } = options;
  const settings = config.experiment;
  const known = knownBars(options.universe, config);
  const featureFiles = options.resume
    ? await keptFeatureFiles(options.path, (await readRun(options.path)).run.featureFiles ?? [])
    : await readFeatureFiles(settings.featureFiles);
  const dataset = createDataset(known, settings, await checkedFeatures(featureFiles, known));
  const { train, validation } = partsOf(known.openTime, dataset.firstBar, config);
  const fitted = createFold(dataset, train, validation, settings);
  const parts = { train: partOf(known.openTime, fitted.train[0]), validation: partOf(known.openTime, validation) };
  const { saturation, rewardDeviations } = fitted;
  const hash = dataHash(known);
  const { folder, checkpoint } = options.resume
    ? await resumeRunFolder(options.path, clock)
    : {
        folder: await createRunFolder(
          options.path,
          { config, seeds: [settings.seed], dataHash: hash, saturation, rewardDeviations, featureFiles },
          clock,
        ),
      };
  try {
    expectSameConfig(runConfigSchema.parse(folder.config), config);
    if (folder.run.dataHash !== hash) {
      throw new Failure("training/data-changed", `the run has ${folder.run.dataHash}, the market now gives ${hash}`);
    }
  } catch (error) {
    folder.close();
    throw error;
  }
  // A run that goes on is paid as it was when it began.
  const fold = { ...fitted, rewardDeviations: folder.run.rewardDeviations ?? rewardDeviations };
  const training = await startStages(dataset, fold, settings);
  onParts?.(parts);
  let status: StatusWriter | undefined;
  try {
    if (checkpoint) await training.restore(checkpoint.state as Parameters<Training["restore"]>[0]);
    const alreadyFinished = training.done;
    status = await statusWriter(folder.path, training, { of: settings.transitions, clock, savedAt: checkpoint?.step });
    await learn(training, folder, status, settings, options);
    const { best } = training;
    const finished = training.done;
    if (finished && !alreadyFinished) folder.finish(training.transitions);
    const model = finished ? await writeModel(training, folder, dataset, fold, settings, hash) : undefined;
    await status.end(finished ? "finished" : "stopped");
    return {
      path: folder.path,
      transitions: training.transitions,
      interrupted: !finished,
      stopAsked: !finished && folder.stopAsked(),
      alreadyFinished,
      stoppedEarly: training.stoppedEarly,
      alarms: training.alarms,
      ...(model ? { model } : {}),
      validation: { ...best.score, transitions: best.transitions },
      train: fold.train[0],
      validate: validation,
      parts,
      saturation,
      rewardDeviations: fold.rewardDeviations,
    };
  } catch (error) {
    await status?.failed(error);
    throw error;
  } finally {
    folder.close();
    await training.dispose();
  }
}

async function learn(
  training: Training,
  folder: RunFolder,
  status: StatusWriter,
  { evaluateEvery }: Experiment,
  { signal, onProgress, onAlarm }: TrainRunOptions,
): Promise<void> {
  let savedAt = training.transitions;
  while (!training.done) {
    const before = training.transitions;
    const alarms = training.alarms.length;
    const metrics = await training.next().catch((error: unknown) => {
      throw withCheckpoint(error, folder.path, savedAt);
    });
    folder.record(training.transitions, metrics);
    if ("validationReward" in metrics) {
      folder.recordHistograms(training.transitions, { parameters: training.parameters() });
    }
    onProgress?.(training.transitions, metrics);
    training.alarms.slice(alarms).forEach((alarm) => onAlarm?.(alarm));
    const due = Math.floor(before / evaluateEvery) !== Math.floor(training.transitions / evaluateEvery);
    const stop = signal?.aborted === true || folder.stopAsked();
    if (due || stop || training.done) {
      await folder.saveCheckpoint(training.transitions, training.snapshot());
      savedAt = training.transitions;
      await status.tell(savedAt);
    } else {
      await status.tell();
    }
    if (stop) return;
    // The engine runs on this thread: let signals through.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A training that broke down says where its last good state is. */
function withCheckpoint(error: unknown, path: string, savedAt: number): unknown {
  if (!(error instanceof Failure) || !error.code.startsWith("training/")) return error;
  const last = savedAt === 0 ? "there is no checkpoint yet" : `the last good checkpoint, in ${path}, is of ${savedAt}`;
  return new Failure(error.code, `${error.found}; ${last}`, { cause: error });
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
  const space = training.env.actionSpace;
  const { meanReward, sharpe, turnover, maxDrawdown } = training.best.score;
  const confidence = await training.confidence();
  return saveModel(folder.modelPath, {
    onnx: modelBytes(training, dataset),
    manifest: {
      kind: "policy-network",
      agent: settings.agent,
      features: describedFeatures(spec),
      scaler: plainScaler(fold.scaler),
      saturation: { train: [...fold.saturation.train], validation: [...fold.saturation.validation] },
      ...(Object.keys(fold.rewardDeviations).length === 0 ? {} : { rewardDeviations: { ...fold.rewardDeviations } }),
      actionSpace: {
        name: settings.actions,
        ...(space.kind === "box"
          ? { levels: [], heads: 0, reals: actionWidth(space) }
          : { levels: settings.levels, heads: actionWidth(space) }),
      },
      observation: { accountSize: training.env.observationSpace.size },
      dataHash: hash,
      trained: {
        from: universe.openTime[fold.train[0].from],
        until: universe.openTime[fold.validation.to - 1],
        transitions: training.transitions,
        seed: settings.seed,
        ...warmStartOf(training, settings),
        config: JSON.parse(JSON.stringify(settings)) as Record<string, z.core.util.JSONType>,
      },
      validation: { meanReward, sharpe, turnover, maxDrawdown },
      ...(confidence === undefined ? {} : { confidence }),
      codeVersion: codeVersion(),
    },
  });
}

/** What a model says of its teacher. */
function warmStartOf({ warmStart: found }: Training, { warmStart: setting }: Experiment) {
  if (found === undefined || setting === undefined) return {};
  const lookAhead = lookAheadNote(setting);
  return { warmStart: { from: setting.from, ...found, ...(lookAhead === undefined ? {} : { lookAhead }) } };
}
