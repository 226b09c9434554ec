/**
 * @file Walk-forward: every fold is trained anew on its past alone, and one account trades through all test spans,
 * taking over the next fold's model when its span begins.
 */
import { checkFolds } from "#data/folds.ts";
import type { Fold } from "#data/split.ts";
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
import { agentName, checkRuleFilter } from "#training/boosting-settings.ts";
import { choicesOf } from "#training/choices.ts";
import type { Experiment } from "#training/experiment.ts";
import type { FeatureFile } from "#training/feature-files.ts";
import { checkedFeatures, readFeatureFiles } from "#training/feature-files.ts";
import type { FoldJob, FoldModel } from "#training/fold.worker.ts";
import { trainingSteps } from "#training/training-steps.ts";
import { checkTreesActions, decisionOf, treesPolicy } from "#training/trees-policy.ts";
import { runJobs } from "#training/worker-pool.ts";
import type { Backtest } from "./backtest.ts";
import { backtest, tableWindow } from "./backtest.ts";
import type { Candidate } from "./candidate.ts";

export interface WalkForwardOptions {
  readonly universe: Universe;
  readonly settings: Experiment;
  /** Boosted trees in place of the agent that the settings name. */
  readonly boosting?: BoostingSettings | undefined;
  readonly folds: readonly Fold[];
  readonly seeds: readonly number[];
  /** Trainings at the same time; the result does not depend on it. */
  readonly workers: number;
  /** What the settings' `featureFiles` hold, where they were read already. */
  readonly featureFiles?: readonly FeatureFile[];
  /** Does each fold begin with the parameters of the one before, rather than from scratch? Absent: from scratch. Networks only. */
  readonly warmStarted?: boolean | undefined;
  /** Models that were trained before, and where those of now are kept; absent: nothing is kept. */
  readonly kept?: KeptModels | undefined;
  readonly onProgress?: (progress: WalkForwardProgress) => void;
}

/** Where models are while the others are still being trained, so that what was interrupted goes on. */
export interface KeptModels {
  find(fold: number, seed: number): Promise<FoldModel | undefined>;
  keep(fold: number, seed: number, model: FoldModel): Promise<void>;
}

export interface WalkForwardProgress {
  readonly trainingsDone: number;
  readonly trainings: number;
  /** Env steps of all trainings; of boosted trees the rounds of all instruments. */
  readonly stepsDone: number;
  readonly steps: number;
}

export interface WalkForward extends TrainedFolds {
  /** One backtest over all test spans for each seed. */
  readonly runs: readonly Backtest[];
}

/** What was trained, before it is traded. */
export interface TrainedFolds {
  /** The models of all folds, ready to trade all test spans as often as is asked, one for each seed. */
  readonly candidates: readonly Candidate[];
  /** `[fold][seed]` */
  readonly models: readonly (readonly FoldModel[])[];
  /** Decisions begin at the close of the last bar before the first test span, so that returns cover exactly the test bars. */
  readonly from: number;
  readonly to: number;
}

/** The bars over which all test spans together are traded. */
function testedSpan(folds: readonly Fold[]): { readonly from: number; readonly to: number } {
  return { from: folds[0].test.from - 1, to: folds[folds.length - 1].test.to };
}

/** Trains every fold with every seed, then trades each seed through all test spans. */
export async function walkForward(options: WalkForwardOptions): Promise<WalkForward> {
  const { universe, settings } = options;
  const trained = await trainFolds(options);
  const { costs, account: rules, rebalanceBand, capital } = settings;
  const { from, to } = trained;
  const setting = { universe, from, to, costs, rules, sizing: { rebalanceBand }, capital };
  const runs: Backtest[] = [];
  for (const candidate of trained.candidates) runs.push(await candidate.trade(setting));
  return { ...trained, runs };
}

/**
 * Refuses folds, an account, actions or costs that cannot be trained on and traded, before anything is trained or counted.
 * @throws Failure data/bad-folds for folds that overlap or are out of order; config/invalid
 */
export function checkWalkForward({
  universe,
  settings,
  boosting,
  folds,
}: Pick<WalkForwardOptions, "universe" | "settings" | "boosting" | "folds">): void {
  checkFolds(folds, universe.openTime.length);
  checkInstruments(settings.costs.profile, universe.instruments);
  const signals = signalSettings(settings.actions, settings);
  if (signals !== undefined) signalTrader({ ...universe, rules: settings.account, ...signals });
  if (boosting === undefined) return;
  checkTreesActions(settings);
  checkRuleFilter(boosting, universe.timeframe);
}

/**
 * Trains every fold with every seed.
 * @throws Failure as `checkWalkForward`
 */
export async function trainFolds(options: WalkForwardOptions): Promise<TrainedFolds> {
  const { universe, settings, boosting, folds, seeds } = options;
  checkWalkForward(options);
  const signals = signalSettings(settings.actions, settings);
  const featureFiles = options.featureFiles ?? (await readFeatureFiles(settings.featureFiles));
  const own = await checkedFeatures(featureFiles, universe);
  const trained = await trainedModels(options, featureFiles);
  const models = folds.map((_, fold) => trained.slice(fold * seeds.length, (fold + 1) * seeds.length));
  const { from, to } = testedSpan(folds);
  const spec = featureSpec(settings.featureSet, universe, settings.lookbackBars, own);
  // Computed once: only the scaler differs from model to model.
  const raw = featureColumns(spec, universe);
  const candidates = seeds.map((seed, at): Candidate => {
    const ofSeed = models.map((ofFold) => ofFold[at]);
    const name = `${agentName(settings, boosting)}, seed ${seed}`;
    return {
      name,
      async trade(setting) {
        const features = switchingWindow(raw, spec, folds, ofSeed, from);
        const create = (model: FoldModel, before: Universe): Promise<NetworkPolicy> =>
          boosting === undefined
            ? networkPolicy(name, model.onnx, choicesOf(settings.actions, settings), before.instruments.length)
            : treesPolicy(name, model.onnx, decisionOf(boosting), settings, before);
        const { policy, dispose } = await switchingPolicy(name, setting.universe, create, folds, ofSeed, from);
        try {
          return await backtest(policy, features, setting, signals);
        } finally {
          await dispose();
        }
      },
    };
  });
  return { candidates, models, from, to };
}

async function trainedModels(
  { universe, settings, boosting, folds, seeds, workers, warmStarted = false, kept, onProgress }: WalkForwardOptions,
  featureFiles: readonly FeatureFile[],
): Promise<FoldModel[]> {
  const placeOf = (job: number): readonly [fold: number, seed: number] => [
    Math.floor(job / seeds.length),
    seeds[job % seeds.length],
  ];
  const jobs = folds.flatMap(({ train, validation }) =>
    seeds.map((seed): FoldJob => {
      const known = copyOfBars(sliceUniverse(universe, 0, validation.to));
      return { universe: known, settings: { ...settings, seed }, boosting, train: [train], validation, featureFiles };
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

/** The next fold begins with what the one before it learned; no teacher is needed again. */
function prepared({ settings, ...job }: FoldJob, before: FoldModel): FoldJob {
  const { warmStart: _, ...taught } = settings;
  return { ...job, settings: taught, ...(before.kind === "policy-network" ? { parameters: before.parameters } : {}) };
}

/** Views share their memory with later bars; a copy sent to a worker does not. */
function copyOfBars(universe: Universe): Universe {
  const bars = universe.bars.map(copyBars);
  return { ...universe, bars, openTime: bars[0].openTime };
}

/** Fold whose model decides at the close of bar `t`: the one whose test span holds the bar in which the order is filled. */
function foldAt(folds: readonly Fold[], t: number): number {
  const fold = folds.findIndex(({ test }) => t + 1 < test.to);
  return fold < 0 ? folds.length - 1 : fold;
}

function switchingWindow(
  raw: Float64Array,
  spec: FeatureSpec,
  folds: readonly Fold[],
  models: readonly FoldModel[],
  from: number,
): FeatureWindow {
  let t = from;
  let current = -1;
  let window: FeatureWindow | undefined;
  return {
    next(bars) {
      const fold = foldAt(folds, t);
      if (fold !== current) {
        current = fold;
        window = tableWindow(scaledTable(spec, models[fold].scaler, raw), spec.lookbackBars, t);
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
  folds: readonly Fold[],
  models: readonly FoldModel[],
  from: number,
): Promise<{ readonly policy: Policy; readonly dispose: () => Promise<void> }> {
  const firstOf = (fold: number): number => (fold === 0 ? from : folds[fold - 1].test.to - 1);
  const policies = await Promise.all(
    models.map((model, fold) => create(model, sliceUniverse(universe, 0, firstOf(fold)))),
  );
  let t = from;
  return {
    policy: { name, act: (observation) => policies[foldAt(folds, t++)].act(observation) },
    dispose: async () => {
      for (const policy of policies) await policy.dispose();
    },
  };
}
