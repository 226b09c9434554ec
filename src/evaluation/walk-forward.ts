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
import type { Choices } from "#policy/network-policy.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import type { Policy } from "#policy/policy.ts";
import { signalTrader } from "#trading/signal-trader.ts";
import type { FeatureWindow } from "#trading/trader.ts";
import { choicesOf } from "#training/choices.ts";
import type { Experiment } from "#training/experiment.ts";
import type { FeatureFile } from "#training/feature-files.ts";
import { checkedFeatures, readFeatureFiles } from "#training/feature-files.ts";
import type { FoldJob, FoldModel } from "#training/fold.worker.ts";
import { runJobs } from "#training/worker-pool.ts";
import type { Backtest } from "./backtest.ts";
import { backtest, tableWindow } from "./backtest.ts";
import type { Candidate } from "./candidate.ts";

export interface WalkForwardOptions {
  readonly universe: Universe;
  readonly settings: Experiment;
  readonly folds: readonly Fold[];
  readonly seeds: readonly number[];
  /** Trainings at the same time; the result does not depend on it. */
  readonly workers: number;
  /** What the settings' `featureFiles` hold, where they were read already. */
  readonly featureFiles?: readonly FeatureFile[];
  /** Does each fold begin with the parameters of the one before, rather than from scratch? Absent: from scratch. */
  readonly warmStarted?: boolean;
  /** Models that were trained before, and where those of now are kept; absent: nothing is kept. */
  readonly kept?: KeptModels;
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
  readonly transitionsDone: number;
  readonly transitions: number;
}

export interface WalkForward {
  /** One backtest over all test spans for each seed. */
  readonly runs: readonly Backtest[];
  /** The same models, ready to trade the same bars again under other conditions, one for each seed. */
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

/**
 * Trains every fold with every seed, then trades each seed through all test spans.
 * @throws Failure data/bad-folds for folds that overlap or are out of order
 */
export async function walkForward(options: WalkForwardOptions): Promise<WalkForward> {
  const { universe, settings, folds, seeds } = options;
  checkFolds(folds, universe.openTime.length);
  const signals = signalSettings(settings.actions, settings);
  // An account that the trader cannot act on is refused now, not after the training.
  if (signals !== undefined) signalTrader({ ...universe, rules: settings.account, ...signals });
  const featureFiles = options.featureFiles ?? (await readFeatureFiles(settings.featureFiles));
  const own = await checkedFeatures(featureFiles, universe);
  const trained = await trainFolds(options, featureFiles);
  const models = folds.map((_, fold) => trained.slice(fold * seeds.length, (fold + 1) * seeds.length));
  const { from, to } = testedSpan(folds);
  const spec = featureSpec(settings.featureSet, universe, settings.lookbackBars, own);
  // Computed once: only the scaler differs from model to model.
  const raw = featureColumns(spec, universe);
  const choices = choicesOf(settings.actions, settings);
  const candidates = seeds.map((seed, at): Candidate => {
    const ofSeed = models.map((ofFold) => ofFold[at]);
    const name = `${settings.agent}, seed ${seed}`;
    return {
      name,
      async trade(setting) {
        const features = switchingWindow(raw, spec, folds, ofSeed, from);
        const { policy, dispose } = await switchingPolicy(name, universe, choices, folds, ofSeed, from);
        try {
          return await backtest(policy, features, setting, signals);
        } finally {
          await dispose();
        }
      },
    };
  });
  const { costs, account: rules, rebalanceBand, capital } = settings;
  const setting = { universe, from, to, costs, rules, sizing: { rebalanceBand }, capital };
  const runs: Backtest[] = [];
  for (const candidate of candidates) runs.push(await candidate.trade(setting));
  return { runs, candidates, models, from, to };
}

async function trainFolds(options: WalkForwardOptions, featureFiles: readonly FeatureFile[]): Promise<FoldModel[]> {
  const { universe, settings, folds, seeds, workers, warmStarted = false, kept, onProgress } = options;
  const placeOf = (job: number): readonly [fold: number, seed: number] => [
    Math.floor(job / seeds.length),
    seeds[job % seeds.length],
  ];
  const jobs = folds.flatMap(({ train, validation }) =>
    seeds.map((seed): FoldJob => {
      const known = copyOfBars(sliceUniverse(universe, 0, validation.to));
      return { universe: known, settings: { ...settings, seed }, train, validation, featureFiles };
    }),
  );
  const found = await Promise.all(jobs.map(async (_, job) => kept?.find(...placeOf(job))));
  const done = Float64Array.from(found, (model) => (model === undefined ? 0 : settings.transitions));
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const script = new URL(`../training/fold.worker.${extension}`, import.meta.url);
  return runJobs<FoldJob, FoldModel>(script, jobs, {
    workers,
    kept: found,
    onResult: async (job, model) => kept?.keep(...placeOf(job), model),
    ...(warmStarted ? { follows: (job) => (job < seeds.length ? undefined : job - seeds.length), prepared } : {}),
    onProgress: (job, transitions) => {
      done[job] = Math.min(transitions, settings.transitions);
      onProgress?.({
        trainings: jobs.length,
        trainingsDone: done.filter((steps) => steps >= settings.transitions).length,
        transitions: jobs.length * settings.transitions,
        transitionsDone: done.reduce((sum, steps) => sum + steps, 0),
      });
    },
  });
}

/** The next fold begins with what the one before it learned; no teacher is needed again. */
function prepared({ settings, ...job }: FoldJob, { parameters }: FoldModel): FoldJob {
  const { warmStart: _, ...taught } = settings;
  return { ...job, settings: taught, parameters };
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

async function switchingPolicy(
  name: string,
  universe: Universe,
  choices: Choices,
  folds: readonly Fold[],
  models: readonly FoldModel[],
  from: number,
): Promise<{ readonly policy: Policy; readonly dispose: () => Promise<void> }> {
  const instruments = universe.instruments.length;
  const policies = await Promise.all(models.map(({ onnx }) => networkPolicy(name, onnx, choices, instruments)));
  let t = from;
  return {
    policy: { name, act: (observation) => policies[foldAt(folds, t++)].act(observation) },
    dispose: async () => {
      for (const policy of policies) await policy.dispose();
    },
  };
}
