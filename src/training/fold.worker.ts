/** @file A worker thread that trains one fold with one seed and hands back what acting needs. */
import type { IterationMetrics } from "#agents/agent.ts";
import type { BarRange } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import type { Scaler } from "#features/scaler.ts";
import type { FoldSaturation } from "#features/scalers/saturation.ts";
import type { RewardDeviations } from "#market/reward.ts";
import type { BoostedInstrument } from "./boosted-training.ts";
import { createTreesFold, startBoosting } from "./boosted-training.ts";
import type { BoostingSettings } from "./boosting-settings.ts";
import type { Dataset } from "./dataset.ts";
import { createDataset, createFold } from "./dataset.ts";
import type { Experiment } from "./experiment.ts";
import type { FeatureFile } from "./feature-files.ts";
import { ownFeatures } from "./feature-files.ts";
import type { Alarm } from "./looks.ts";
import { modelBytes } from "./model.ts";
import { startStages } from "./stages.ts";
import { trainingSteps } from "./training-steps.ts";
import type { JobContext } from "./worker-pool.ts";
import { answerJobs } from "./worker-pool.ts";

export interface FoldJob {
  /** Bars up to the end of the validation span: a worker that isn't given the test bars can't look at them. */
  readonly universe: Universe;
  readonly settings: Experiment;
  /** Of boosted trees, which take the place of the agent that the settings name. */
  readonly boosting?: BoostingSettings | undefined;
  /** In order of time, all before validation; nothing is learned of what lies between them. */
  readonly train: readonly BarRange[];
  readonly validation: BarRange;
  /** A user's own features as text: functions can't be sent. They were checked before. */
  readonly featureFiles: readonly FeatureFile[];
  /** Of the fold before, for a network to begin with; absent: from scratch. */
  readonly parameters?: Float32Array;
}

/** What acting and a report need, whatever learned it. */
interface TrainedFold {
  /** The acting model, ONNX. */
  readonly onnx: Uint8Array;
  readonly scaler: Scaler;
  /** Features that the scaler cuts off too often. */
  readonly saturation: FoldSaturation;
}

export interface NetworkFold extends TrainedFold {
  readonly kind: "policy-network";
  /** Of the actor: what the next fold may begin with. */
  readonly parameters: Float32Array;
  /** What the terms of its reward were divided by, where they were. */
  readonly rewardDeviations: RewardDeviations;
  readonly transitions: number;
  readonly stoppedEarly: boolean;
  readonly alarms: readonly Alarm[];
  readonly bestTransitions: number;
  readonly validationReward: number;
  readonly lastMetrics: IterationMetrics;
}

export interface TreesFold extends TrainedFold {
  readonly kind: "boosted-trees";
  readonly instruments: readonly BoostedInstrument[];
}

export type FoldModel = NetworkFold | TreesFold;

/** Undefined where it was asked to stop. */
async function run(job: FoldJob, context: JobContext): Promise<FoldModel | undefined> {
  const { universe, settings, boosting, train, validation, featureFiles, parameters } = job;
  const dataset = createDataset(universe, settings, await ownFeatures(featureFiles));
  if (boosting !== undefined) return trees(dataset, job, boosting, context);
  const fold = createFold(dataset, train, validation, settings);
  const training = await startStages(dataset, fold, settings, parameters);
  let lastMetrics: IterationMetrics = {};
  while (!training.done) {
    if (context.stopped()) {
      await training.dispose();
      return undefined;
    }
    lastMetrics = await training.next();
    context.onProgress(training.transitions);
  }
  // One that stopped early has nothing more to do.
  context.onProgress(settings.transitions);
  const { best, transitions, stoppedEarly, alarms } = training;
  const onnx = modelBytes(training, dataset);
  await training.dispose();
  return {
    kind: "policy-network",
    parameters: best.parameters,
    onnx,
    scaler: fold.scaler,
    saturation: fold.saturation,
    rewardDeviations: fold.rewardDeviations,
    transitions,
    stoppedEarly,
    alarms,
    bestTransitions: best.transitions,
    validationReward: best.score.meanReward,
    lastMetrics,
  };
}

/** The same of boosted trees: on this thread alone, as other folds have the other cores. */
async function trees(
  dataset: Dataset,
  job: FoldJob,
  boosting: BoostingSettings,
  context: JobContext,
): Promise<TreesFold | undefined> {
  const { train, validation, settings } = job;
  const fold = createTreesFold(dataset, train, validation, settings);
  const training = startBoosting(dataset, fold, settings.seed, boosting, 1);
  while (!training.done) {
    if (context.stopped()) {
      await training.dispose();
      return undefined;
    }
    await training.next();
    context.onProgress(training.rounds);
    // Boosting keeps this thread busy: let the word to stop through.
    await new Promise((resolve) => setImmediate(resolve));
  }
  context.onProgress(trainingSteps(settings, boosting, dataset.spec.instruments.length));
  return {
    kind: "boosted-trees",
    onnx: training.model(),
    scaler: fold.scaler,
    saturation: fold.saturation,
    instruments: training.instruments,
  };
}

answerJobs(run);
