/** @file A trained run on the bars that it is tested on, ready to be traded as often as is asked: of `backtest`, `evaluate` and `stress`. */
import type { Command } from "commander";
import { Option } from "commander";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { firstBarFrom } from "#domain/universe.ts";
import type { AssessmentOptions } from "#evaluation/assessment.ts";
import type { Backtest, BacktestSetting } from "#evaluation/backtest.ts";
import { backtest, tableWindow } from "#evaluation/backtest.ts";
import { boostedRival } from "#evaluation/boosted-rival.ts";
import type { Candidate } from "#evaluation/candidate.ts";
import type { StressTest } from "#evaluation/stress-test.ts";
import { stressTest } from "#evaluation/stress-test.ts";
import { featureColumns, firstWindowRow, scaledTable } from "#features/pipeline.ts";
import type { WeightedTerm } from "#market/reward.ts";
import { rewardOf, rewardParts } from "#market/rewards/rewards.ts";
import type { StressPresetName } from "#market/stress/presets.ts";
import { stressPresets } from "#market/stress/presets.ts";
import type { TreeName } from "#training/boosting-settings.ts";
import { codeVersion } from "#training/code-version.ts";
import { partsOf } from "#training/run-split.ts";
import { isoDay } from "./command.ts";
import { confidenceOption, sureEnough } from "./confidence-option.ts";
import { lookOf } from "./counted-trials.ts";
import { openRun } from "./ensemble-run.ts";
import type { CountingOptions, VaultKey } from "./project.ts";
import { countTrials, expectCountable, withCounting } from "./project.ts";
import { qualityOf } from "./quality-of.ts";
import type { Scaling } from "./scaling.ts";
import type { TrainedRun } from "./trained-run.ts";
import { overlapsTraining, scalingOfRun } from "./trained-run.ts";
import type { VenueOptions } from "./venue-options.ts";
import { venueSetting, withVenueOptions } from "./venue-options.ts";

export interface TestOptions extends VenueOptions, CountingOptions {
  readonly market?: string;
  readonly from?: string;
  readonly until?: string;
  readonly minConfidence?: number;
}

/** A command with the options that say what a run is tested on, and how. */
export function withTestOptions(command: Command): Command {
  return withCounting(withVenueOptions(command))
    .option("--from <day>", "first day (default: after training and its embargo)", isoDay)
    .option("--until <day>", "last day (default: the last of the run's split, or that there is)", isoDay)
    .option("--market <name>", "another market with the same instruments")
    .addOption(confidenceOption());
}

export interface TestedRun {
  readonly run: TrainedRun;
  readonly setting: BacktestSetting;
  readonly candidate: Candidate;
  readonly scaling: Scaling;
}

/**
 * Opens a run and its market.
 * @param key leave to trade bars of the vault
 * @throws Failure as `openTrainedRun`, cli/bad-option; storage/… where the look could not be counted
 */
export async function openTestedRun(path: string, options: TestOptions, key?: VaultKey): Promise<TestedRun> {
  expectCountable(options);
  const { market, from, until, store, ledger } = options;
  const run = sureEnough(await openRun(path, { market, from, until, store, ledger, key }), options.minConfidence);
  const { costs, account: rules, rebalanceBand, capital } = run.config.experiment;
  const bars = { universe: run.universe, from: run.from, to: run.to };
  const setting = { ...bars, costs, rules, sizing: { rebalanceBand }, capital, ...(await venueSetting(options)) };
  const raw = featureColumns(run.spec, run.universe);
  return { run, setting, candidate: candidateOf(run.name, run, raw), scaling: scalingOfRun(run, raw) };
}

/** Trades a run, and counts the look before anybody sees what came of it. */
export async function tradedOnce({ run, setting, candidate }: TestedRun, options: TestOptions): Promise<Backtest> {
  const result = await candidate.trade(setting);
  countTrials(options, [lookOf(run.tried, setting, result.curve.equity, overlapsTraining(run))]);
  return result;
}

/** Another run over the same bars, and what its reader must know of it. */
export interface Rival {
  readonly candidate: Candidate;
  readonly warnings: readonly string[];
}

/**
 * Another run over the bars of this one, at its costs, sizing and capital.
 * @throws Failure model/not-alike where its account has other rules; as `openTrainedRun`
 */
export async function openRival(path: string, title: string, against: TestedRun, options: TestOptions): Promise<Rival> {
  const { run, setting } = against;
  const bars = { from: setting.from, to: setting.to };
  const market = options.market ?? run.config.market;
  const { store, ledger } = options;
  const rival = await openRun(path, { market, from: undefined, until: undefined, store, ledger, bars });
  await rival.policy.dispose();
  const [its, ours] = [rival, run].map(({ config }) => JSON.stringify(config.experiment.account));
  if (its !== ours) throw new Failure("model/not-alike", `${path} was trained for an account with other rules`);
  const candidate = candidateOf(title, rival, featureColumns(rival.spec, rival.universe));
  await tradedOnce({ ...against, run: rival, candidate }, options);
  const knowsThem = `${title} was trained or chosen on some of the tested bars: it is harder to beat than it should be.`;
  return {
    candidate,
    warnings: overlapsTraining(rival) ? [knowsThem] : [],
  };
}

/**
 * Boosted trees trained on the very spans that the run was trained and chosen on, over its tested bars.
 * @throws Failure as `boostedRival`
 */
export function trainedRival(
  kind: TreeName,
  { run, setting }: TestedRun,
  onProgress: (share: number) => void,
): Promise<Candidate> {
  const { config, manifest, spec, universe, featureFiles } = run;
  // All that the run knew: its validation ended so many bars before.
  const known = firstBarFrom(universe.openTime, manifest.trained.until + 1) + config.purgeBars;
  const parts = partsOf(universe.openTime.subarray(0, known), firstWindowRow(spec), config);
  return boostedRival(kind, {
    universe,
    settings: config.experiment,
    folds: [{ index: 0, ...parts, test: { from: setting.from + 1, to: setting.to } }],
    workers: 1,
    featureFiles,
    onProgress: ({ stepsDone, steps }) => onProgress(stepsDone / steps),
  });
}

/** What a run was paid in training; undefined where labels taught it, or nobody kept what its terms were divided by. */
export function rewardOfRun({ config, manifest }: TrainedRun): readonly WeightedTerm[] | undefined {
  const { reward } = config.experiment;
  const isKnown = manifest.rewardDeviations !== undefined || !rewardParts(reward).some(({ normalised }) => normalised);
  return manifest.kind === "policy-network" && isKnown ? rewardOf(reward, manifest.rewardDeviations) : undefined;
}

function candidateOf(name: string, { fresh, signals, spec, scaler }: TrainedRun, raw: Float64Array): Candidate {
  const table = scaledTable(spec, scaler, raw);
  return {
    name,
    async trade(setting): Promise<Backtest> {
      const policy = await fresh();
      try {
        return await backtest(policy, tableWindow(table, spec.lookbackBars, setting.from), setting, signals);
      } finally {
        await policy.dispose();
      }
    },
  };
}

/** The run in a stressed copy of its market. */
export async function stressedRun(
  { run, setting }: TestedRun,
  calm: Backtest,
  preset: StressPresetName,
  seed: number,
): Promise<StressTest> {
  const { spec, scaler, signals } = run;
  const policy = await run.fresh();
  try {
    return await stressTest({ policy, signals, calm, setting, spec, scaler, stress: stressPresets[preset], seed });
  } finally {
    await policy.dispose();
  }
}

/** `--stress`, which names a preset. */
export function stressOption(says: string): Option {
  return new Option("--stress <name>", says).choices(Object.keys(stressPresets));
}

/** What a report says of where it comes from. */
export function aboutRun({ run, scaling }: TestedRun, id: string, typedCommand: string): AssessmentOptions["about"] {
  return {
    runId: id,
    createdAt: systemClock.now(),
    command: typedCommand,
    codeVersion: codeVersion(),
    source: `market ${run.universe.name}`,
    quality: qualityOf(run.universe),
    settings: run.config,
    lookAhead: run.lookAhead,
    warnings: scaling.warnings,
  };
}
