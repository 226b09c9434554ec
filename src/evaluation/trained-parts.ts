/** @file Models trained on parts of the bars, each part with each seed on worker threads, and accounts that trade by one after the other. */
import type { BarRange } from "#data/split.ts";
import { copyBars } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { sliceUniverse } from "#domain/universe.ts";
import { featureColumns, featureSpec, scaledTable } from "#features/pipeline.ts";
import type { FeatureSpec } from "#features/pipeline.ts";
import { signalSettings } from "#market/action-spaces.ts";
import { checkInstruments } from "#market/costs/profiles.ts";
import type { NetworkPolicy } from "#policy/network-policy.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import type { Policy } from "#policy/policy.ts";
import { signalTrader } from "#trading/signal-trader.ts";
import type { FeatureWindow } from "#trading/trader.ts";
import type { BoostingSettings } from "#training/boosting-settings.ts";
import { checkRuleFilter } from "#training/boosting-settings.ts";
import { choicesOf } from "#training/choices.ts";
import type { Experiment } from "#training/experiment.ts";
import type { FeatureFile } from "#training/feature-files.ts";
import { checkedFeatures, readFeatureFiles } from "#training/feature-files.ts";
import type { FoldJob, FoldModel } from "#training/fold.worker.ts";
import { trainingSteps } from "#training/training-steps.ts";
import { checkTreesActions, decisionOf, treesPolicy } from "#training/trees-policy.ts";
import { runJobs } from "#training/worker-pool.ts";
import { backtest, tableWindow } from "./backtest.ts";
import type { Candidate } from "./candidate.ts";

/** Bars that one model learns from, and those that it is chosen by, which come last. */
interface TrainingPart {
  /** In order of time; nothing is learned of what lies between two of them. */
  readonly train: readonly BarRange[];
  readonly validation: BarRange;
}

export interface PartTrainingOptions {
  readonly universe: Universe;
  readonly settings: Experiment;
  /** Boosted trees in place of the agent that the settings name. */
  readonly boosting?: BoostingSettings | undefined;
  readonly parts: readonly TrainingPart[];
  readonly seeds: readonly number[];
  /** Trainings at the same time; the result does not depend on it. */
  readonly workers: number;
  /** What the settings' `featureFiles` hold, where they were read already. */
  readonly featureFiles?: readonly FeatureFile[];
  /** Does each part begin with the parameters of the one before, rather than from scratch? Absent: from scratch. Networks only. */
  readonly warmStarted?: boolean | undefined;
  /** Models that were trained before, and where those of now are kept; absent: nothing is kept. */
  readonly kept?: KeptModels | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/** Where models are while the others are still being trained, so that what was interrupted goes on. */
export interface KeptModels {
  find(part: number, seed: number): Promise<FoldModel | undefined>;
  keep(part: number, seed: number, model: FoldModel): Promise<void>;
}

export interface TrainingProgress {
  readonly trainingsDone: number;
  readonly trainings: number;
  /** Env steps of all trainings; of boosted trees the rounds of all instruments. */
  readonly stepsDone: number;
  readonly steps: number;
}

/** Bars, and the model that trades them. */
interface Leg {
  readonly test: BarRange;
  readonly model: FoldModel;
}

export interface TrainedParts {
  /** `[part][seed]` */
  readonly models: readonly (readonly FoldModel[])[];
  /**
   * One account that trades all legs, which follow each other without a gap, and takes over the next one's model when its bars begin.
   * It trades the bars of `tradedSpan`.
   */
  readonly account: (name: string, legs: readonly Leg[]) => Candidate;
}

/** Decisions begin at the close of the last bar before the first leg, so that returns cover exactly the bars of the legs. */
export function tradedSpan(tests: readonly BarRange[]): BarRange {
  return { from: tests[0].from - 1, to: tests[tests.length - 1].to };
}

/**
 * Refuses an account, actions or costs that cannot be trained on and traded, before anything is trained or counted.
 * @throws Failure config/invalid
 */
export function checkLearner({
  universe,
  settings,
  boosting,
}: Pick<PartTrainingOptions, "universe" | "settings" | "boosting">): void {
  checkInstruments(settings.costs.profile, universe.instruments);
  const signals = signalSettings(settings.actions, settings);
  if (signals !== undefined) signalTrader({ ...universe, rules: settings.account, ...signals });
  if (boosting === undefined) return;
  checkTreesActions(settings);
  checkRuleFilter(boosting, universe.timeframe);
}

/**
 * Trains every part with every seed.
 * @throws Failure as `checkLearner`
 */
export async function trainParts(options: PartTrainingOptions): Promise<TrainedParts> {
  const { universe, settings, boosting, parts, seeds } = options;
  checkLearner(options);
  const signals = signalSettings(settings.actions, settings);
  const featureFiles = options.featureFiles ?? (await readFeatureFiles(settings.featureFiles));
  const own = await checkedFeatures(featureFiles, universe);
  const trained = await trainedModels(options, featureFiles);
  const spec = featureSpec(settings.featureSet, universe, settings.lookbackBars, own);
  // Computed once: only the scaler differs from model to model.
  const raw = featureColumns(spec, universe);
  return {
    models: parts.map((_, part) => trained.slice(part * seeds.length, (part + 1) * seeds.length)),
    account: (name, legs) => ({
      name,
      async trade(setting) {
        const { from } = tradedSpan(legs.map(({ test }) => test));
        const features = switchingWindow(raw, spec, legs, from);
        const create = (model: FoldModel, before: Universe): Promise<NetworkPolicy> =>
          boosting === undefined
            ? networkPolicy(name, model.onnx, choicesOf(settings.actions, settings), before.instruments.length)
            : treesPolicy(name, model.onnx, decisionOf(boosting), settings, before);
        const { policy, dispose } = await switchingPolicy(name, setting.universe, create, legs, from);
        try {
          return await backtest(policy, features, setting, signals);
        } finally {
          await dispose();
        }
      },
    }),
  };
}

async function trainedModels(
  { universe, settings, boosting, parts, seeds, workers, warmStarted = false, kept, onProgress }: PartTrainingOptions,
  featureFiles: readonly FeatureFile[],
): Promise<FoldModel[]> {
  const placeOf = (job: number): readonly [part: number, seed: number] => [
    Math.floor(job / seeds.length),
    seeds[job % seeds.length],
  ];
  const jobs = parts.flatMap(({ train, validation }) =>
    seeds.map((seed): FoldJob => {
      const known = copyOfBars(sliceUniverse(universe, 0, validation.to));
      return { universe: known, settings: { ...settings, seed }, boosting, train, validation, featureFiles };
    }),
  );
  const each = trainingSteps(settings, boosting, universe.instruments.length);
  const found = await Promise.all(jobs.map(async (_, job) => kept?.find(...placeOf(job))));
  const done = Float64Array.from(found, (model) => (model === undefined ? 0 : each));
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const script = new URL(`../training/fold.worker.${extension}`, import.meta.url);
  return runJobs<FoldJob, FoldModel>(script, jobs, {
    workers,
    kept: found,
    onResult: async (job, model) => kept?.keep(...placeOf(job), model),
    ...(warmStarted ? { follows: (job) => (job < seeds.length ? undefined : job - seeds.length), prepared } : {}),
    onProgress: (job, steps) => {
      done[job] = Math.min(steps, each);
      onProgress?.({
        trainings: jobs.length,
        trainingsDone: done.filter((one) => one >= each).length,
        steps: jobs.length * each,
        stepsDone: done.reduce((sum, one) => sum + one, 0),
      });
    },
  });
}

/** The next part begins with what the one before it learned; no teacher is needed again. */
function prepared({ settings, ...job }: FoldJob, before: FoldModel): FoldJob {
  const { warmStart: _, ...taught } = settings;
  return { ...job, settings: taught, ...(before.kind === "policy-network" ? { parameters: before.parameters } : {}) };
}

/** Views share their memory with later bars; a copy sent to a worker does not. */
function copyOfBars(universe: Universe): Universe {
  const bars = universe.bars.map(copyBars);
  return { ...universe, bars, openTime: bars[0].openTime };
}

/** The leg whose model decides at the close of bar `t`: the one that holds the bar in which the order is filled. */
function legAt(legs: readonly Leg[], t: number): number {
  const leg = legs.findIndex(({ test }) => t + 1 < test.to);
  return leg < 0 ? legs.length - 1 : leg;
}

function switchingWindow(raw: Float64Array, spec: FeatureSpec, legs: readonly Leg[], from: number): FeatureWindow {
  let t = from;
  let current = -1;
  let window: FeatureWindow | undefined;
  return {
    next(bars) {
      const leg = legAt(legs, t);
      if (leg !== current) {
        current = leg;
        window = tableWindow(scaledTable(spec, legs[leg].model.scaler, raw), spec.lookbackBars, t);
      }
      t++;
      return window?.next(bars);
    },
  };
}

/** @param create makes the policy of a model from the bars before its first decision */
async function switchingPolicy(
  name: string,
  universe: Universe,
  create: (model: FoldModel, before: Universe) => Promise<NetworkPolicy>,
  legs: readonly Leg[],
  from: number,
): Promise<{ readonly policy: Policy; readonly dispose: () => Promise<void> }> {
  const firstOf = (leg: number): number => (leg === 0 ? from : legs[leg - 1].test.to - 1);
  const policies = await Promise.all(
    legs.map(({ model }, leg) => create(model, sliceUniverse(universe, 0, firstOf(leg)))),
  );
  let t = from;
  return {
    policy: { name, act: (observation) => policies[legAt(legs, t++)].act(observation) },
    dispose: async () => {
      for (const policy of policies) await policy.dispose();
    },
  };
}
