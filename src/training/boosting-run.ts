/** @file One run of boosted trees on disk: may be interrupted and goes on to the same model, which trades like any other. */
import { join } from "node:path";
import type { z } from "zod";
import type { Clock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { Universe } from "#domain/universe.ts";
import { plainScaler } from "#features/scalers/fitted-scaler.ts";
import type { FoldSaturation } from "#features/scalers/saturation.ts";
import { accountWidth } from "#market/account.ts";
import { forestToXgboost } from "#policy/trees/xgboost-json.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { dataHash } from "#storage/data-hash.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import { saveModel } from "#storage/model-store.ts";
import type { BoostedInstrument, BoostedRound, BoostedTraining } from "./boosted-training.ts";
import { createTreesFold, startBoosting } from "./boosted-training.ts";
import type { BoostingSettings } from "./boosting-settings.ts";
import { checkRuleFilter, usedOf } from "./boosting-settings.ts";
import { codeVersion } from "./code-version.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import { createDataset } from "./dataset.ts";
import { checkedFeatures, keptFeatureFiles, readFeatureFiles } from "./feature-files.ts";
import { describedFeatures } from "./model.ts";
import type { RunFolder } from "./run-folder.ts";
import { createRunFolder, readRun, resumeRunFolder } from "./run-folder.ts";
import type { StatusWriter } from "./run-status.ts";
import { statusWriter } from "./run-status.ts";
import type { RunConfig, RunParts } from "./run.ts";
import { runConfigSchema } from "./run.ts";
import { knownBars, partOf, partsOf } from "./run-split.ts";
import { expectSameConfig } from "./same-config.ts";
import { checkTreesActions, decisionOf } from "./trees-policy.ts";

export interface BoostRunOptions {
  readonly path: string;
  readonly universe: Universe;
  readonly config: RunConfig & { readonly boosting: BoostingSettings };
  /** Goes on with the run at `path` instead of beginning one. */
  readonly resume: boolean;
  readonly clock: Clock;
  /** Threads that boost together; what comes of it does not depend on how many. */
  readonly threads: number;
  /** When it is aborted, the run writes a checkpoint after the round under way and ends, as it does when `askToStop` asked. */
  readonly signal?: AbortSignal;
  readonly onParts?: (parts: RunParts) => void;
  /** Called with the rounds so far of all instruments, and what the last one came to. */
  readonly onProgress?: (rounds: number, round: BoostedRound) => void;
}

export interface BoostedRun {
  readonly path: string;
  /** Of all instruments. */
  readonly rounds: number;
  /** Ended by the signal or because it was asked to stop: a checkpoint was written, and there is no model yet. */
  readonly interrupted: boolean;
  /** It was interrupted because `ploutos stop` asked. */
  readonly stopAsked: boolean;
  /** All its trees were grown when it was resumed: nothing was learned, the model was written as it was. */
  readonly alreadyFinished: boolean;
  readonly instruments: readonly BoostedInstrument[];
  readonly model?: ModelManifest;
  readonly parts: RunParts;
  readonly saturation: FoldSaturation;
}

/** Rounds between two checkpoints: one takes milliseconds to write, and a kill loses what came after the last. */
const checkpointRounds = 25;

/**
 * Boosts the trees of each instrument and writes the model: `policy.onnx`, its manifest, and each forest as XGBoost's JSON.
 * @throws Failure config/invalid, data/not-enough-bars, storage/exists, training/config-changed, training/data-changed …
 */
export async function boostRun(options: BoostRunOptions): Promise<BoostedRun> {
  const { config, clock, path, resume, threads, onParts } = options;
  const { experiment: settings, boosting } = config;
  checkTreesActions(settings);
  checkRuleFilter(boosting, options.universe.timeframe);
  const known = knownBars(options.universe, config);
  const featureFiles = resume
    ? await keptFeatureFiles(path, (await readRun(path)).run.featureFiles ?? [])
    : await readFeatureFiles(settings.featureFiles);
  const dataset = createDataset(known, settings, await checkedFeatures(featureFiles, known));
  const { train, validation } = partsOf(known.openTime, dataset.firstBar, config);
  const fold = createTreesFold(dataset, train, validation, settings);
  const parts = { train: partOf(known.openTime, fold.train[0]), validation: partOf(known.openTime, validation) };
  const { saturation } = fold;
  const hash = dataHash(known);
  // Before there is a folder: what is refused leaves nothing behind.
  const training = startBoosting(dataset, fold, settings.seed, boosting, threads);
  const asked = { ...config, experiment: usedOf(settings) };
  const { folder, checkpoint } = resume
    ? await resumeRunFolder(path, clock)
    : {
        folder: await createRunFolder(
          path,
          { config: asked, seeds: [settings.seed], dataHash: hash, saturation, featureFiles },
          clock,
        ),
      };
  let status: StatusWriter | undefined;
  try {
    const began = runConfigSchema.parse(folder.config);
    expectSameConfig({ ...began, experiment: usedOf(began.experiment) }, asked);
    if (folder.run.dataHash !== hash) {
      throw new Failure("training/data-changed", `the run has ${folder.run.dataHash}, the market now gives ${hash}`);
    }
    onParts?.(parts);
    if (checkpoint) await training.restore(checkpoint.state as Parameters<BoostedTraining["restore"]>[0]);
    const alreadyFinished = training.done;
    const of = boosting.rounds * dataset.universe.instruments.length;
    status = await statusWriter(path, progressOf(training, of), { of, clock, savedAt: checkpoint?.step });
    await learn(training, folder, status, options);
    const finished = training.done;
    if (finished && !alreadyFinished) folder.finish(training.rounds);
    const model = finished ? await writeModel(training, folder, dataset, fold, config, hash) : undefined;
    await status.end(finished ? "finished" : "stopped");
    const { rounds, instruments } = training;
    const ended = {
      path: folder.path,
      rounds,
      interrupted: !finished,
      stopAsked: !finished && folder.stopAsked(),
      alreadyFinished,
      instruments,
      parts,
      saturation,
    };
    return model === undefined ? ended : { ...ended, model };
  } catch (error) {
    await status?.failed(error);
    throw error;
  } finally {
    folder.close();
    await training.dispose();
  }
}

/** How it is going, in rounds of all instruments. */
function progressOf(training: BoostedTraining, of: number): Parameters<typeof statusWriter>[1] {
  return {
    get transitions() {
      return training.rounds;
    },
    get stoppedEarly() {
      return training.done && training.rounds < of;
    },
    alarms: [],
  };
}

async function learn(
  training: BoostedTraining,
  folder: RunFolder,
  status: StatusWriter,
  { signal, onProgress }: BoostRunOptions,
): Promise<void> {
  while (!training.done) {
    const round = await training.next();
    folder.record(training.rounds, { ...round });
    onProgress?.(training.rounds, round);
    const stop = signal?.aborted === true || folder.stopAsked();
    if (stop || training.done || training.rounds % checkpointRounds === 0) {
      await folder.saveCheckpoint(training.rounds, training.snapshot());
      await status.tell(training.rounds);
    } else {
      await status.tell();
    }
    if (stop) return;
    // Boosting keeps this thread busy: let signals through.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function writeModel(
  training: BoostedTraining,
  folder: RunFolder,
  { spec, universe }: Dataset,
  fold: TrainingFold,
  { experiment: settings, boosting, ...split }: BoostRunOptions["config"],
  hash: string,
): Promise<ModelManifest> {
  const confidence = training.confidence(settings.calibration);
  const content = { ...split, experiment: usedOf(settings), boosting };
  const manifest = await saveModel(folder.modelPath, {
    onnx: training.model(),
    manifest: {
      kind: "boosted-trees",
      agent: "boosting",
      features: describedFeatures(spec),
      scaler: plainScaler(fold.scaler),
      saturation: { train: [...fold.saturation.train], validation: [...fold.saturation.validation] },
      actionSpace: { name: settings.actions, levels: settings.levels, heads: spec.instruments.length },
      observation: { accountSize: accountWidth(spec.instruments.length) },
      decision: decisionOf(boosting),
      ...(confidence === undefined ? {} : { confidence }),
      dataHash: hash,
      trained: {
        from: universe.openTime[fold.train[0].from],
        until: universe.openTime[fold.validation.to - 1],
        transitions: training.instruments.reduce((sum, { rows }) => sum + rows.train, 0),
        seed: settings.seed,
        config: JSON.parse(JSON.stringify(content)) as Record<string, z.core.util.JSONType>,
      },
      codeVersion: codeVersion(),
    },
  });
  for (const [i, { symbol }] of spec.instruments.entries()) {
    await writeFileWhole(join(folder.modelPath, xgboostFile(symbol)), forestToXgboost(training.forests[i]));
  }
  return manifest;
}

/** The file that an instrument's forest is kept in for XGBoost. */
function xgboostFile(symbol: string): string {
  return `${symbol.replaceAll(/[^\w.-]/g, "_")}.xgboost.json`;
}
