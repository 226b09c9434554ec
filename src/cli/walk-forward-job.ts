/** @file Walk-forward from a universe to a report: what `demo` and `walk-forward` both do. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { walkForwardFolds } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import { annualisation } from "#evaluation/annualisation.ts";
import { assess } from "#evaluation/assessment.ts";
import type { BacktestSetting } from "#evaluation/backtest.ts";
import type { Examination } from "#evaluation/examination.ts";
import { examine } from "#evaluation/examination.ts";
import type { ReportData } from "#evaluation/report-data.ts";
import type { WalkForward } from "#evaluation/walk-forward.ts";
import { walkForward } from "#evaluation/walk-forward.ts";
import { featureSpec, firstWindowRow } from "#features/pipeline.ts";
import { rewardOf, rewardParts } from "#market/rewards/rewards.ts";
import { codeVersion } from "#training/code-version.ts";
import type { Experiment } from "#training/experiment.ts";
import { stillTerms } from "#training/reward-deviations.ts";
import { lookAheadNote } from "#training/warm-start-settings.ts";
import type { FeatureFile } from "#training/feature-files.ts";
import { checkedFeatures, featureFileCopies, readFeatureFiles } from "#training/feature-files.ts";
import type { FoldModel } from "#training/fold.worker.ts";
import { writeFilesWhole } from "#storage/atomic-file.ts";
import type { TriedAgent } from "./counted-trials.ts";
import { barsOf, lookOf, seedless, trainingOf } from "./counted-trials.ts";
import { writeReport } from "./judged.ts";
import { keepEquity, keptLook } from "./kept-equity.ts";
import type { CountingOptions } from "./project.ts";
import { countTrials, projectOf } from "./project.ts";
import type { Scaling } from "./scaling.ts";
import { mergedSaturation, scalingOf } from "./scaling.ts";
import type { Terminal } from "./terminal.ts";

export interface FoldLengths {
  readonly trainBars: number;
  readonly validationBars: number;
  readonly testBars: number;
  readonly embargoBars: number;
  readonly mode: "expanding" | "rolling";
}

/** Six years to learn from, one to choose by, two to be judged on; a month between them. Daily bars. */
export const dailyFolds: FoldLengths = {
  trainBars: 1512,
  validationBars: 252,
  testBars: 504,
  embargoBars: 21,
  mode: "expanding",
};

/** The same proportions for a series of any length: 30 % to learn from, 5 % to choose by, tests of 10 %. */
export function proportionalFolds(bars: number): FoldLengths {
  const share = (fraction: number): number => Math.max(2, Math.round(bars * fraction));
  return { ...dailyFolds, trainBars: share(0.3), validationBars: share(0.05), testBars: share(0.1) };
}

export interface WalkForwardJob {
  readonly universe: Universe;
  readonly settings: Experiment;
  readonly lengths: FoldLengths;
  readonly seeds: readonly number[];
  readonly workers: number | undefined;
  readonly out: string;
  readonly runId: string;
  readonly command: string;
  readonly source: string;
  readonly quality: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Are all seeds traded again at other costs, late and with more capital, too? Absent: no. */
  readonly examined?: boolean;
  /** Whose ledger counts its trials. */
  readonly project: CountingOptions;
}

/** Trains, trades and judges; writes the report into `out`. */
export async function runWalkForward(
  job: WalkForwardJob,
  terminal: Terminal,
): Promise<{ readonly data: ReportData; readonly page: string; readonly scaling: Scaling }> {
  const { universe, settings, lengths, seeds, out } = job;
  const featureFiles = await readFeatureFiles(settings.featureFiles);
  const own = await checkedFeatures(featureFiles, universe);
  const firstBar = firstWindowRow(featureSpec(settings.featureSet, universe, settings.lookbackBars, own));
  const folds = walkForwardFolds({ bars: universe.openTime.length, firstBar, ...lengths });
  const workers = job.workers ?? availableParallelism();
  const trainings = folds.length * seeds.length;
  terminal.say(
    `Training ${settings.agent.toUpperCase()} anew for each of ${folds.length} folds with ${seeds.length} seeds: ${trainings} trainings of ${settings.transitions.toLocaleString("en")} steps, ${workers} at a time`,
  );
  const agents = seeds.map((seed) => agentOfJob(job, featureFiles, seed));
  const learned = folds.map(({ train, validation }) => barsOf(universe, train.from, validation.to));
  countTrials(
    job.project,
    learned.flatMap((bars) => agents.map((agent) => trainingOf(agent, bars))),
  );
  const bar = terminal.progress("training", trainings * settings.transitions);
  const result = await walkForward({
    universe,
    settings,
    folds,
    seeds,
    workers,
    featureFiles,
    onProgress: ({ transitionsDone, trainingsDone }) =>
      bar.update(transitionsDone, `${trainingsDone} of ${trainings} trainings done`),
  }).finally(() => bar.stop());
  const looks = result.runs.map(({ curve }, at) =>
    lookOf(agents[at], { universe, from: result.from }, curve.equity, false),
  );
  countTrials(job.project, looks);
  // The seeds of a fold share its rows, and so its scaler.
  const scaling = scalingOf(
    mergedSaturation(result.models.map(([{ saturation }]) => saturation)),
    undefined,
    "the rows of a fold",
  );
  terminal.say("Trading the baselines and judging, with 2,000 resamples of the tested bars");
  const { costs, account: rules, rebalanceBand, capital } = settings;
  const judging = terminal.progress("trading the baselines", 1);
  const setting = { universe, from: result.from, to: result.to, costs, rules, sizing: { rebalanceBand }, capital };
  const judged = await assess({
    onProgress: (done, total) => judging.update(done / total),
    setting,
    agent: { name: settings.agent.toUpperCase(), runs: result.runs, seeds },
    folds,
    inSample: false,
    seed: settings.seed,
    ...projectOf(job.project, setting),
    about: {
      runId: job.runId,
      createdAt: systemClock.now(),
      command: job.command,
      codeVersion: codeVersion(),
      source: job.source,
      quality: job.quality,
      settings: { ...settings, folds: { ...lengths } },
      lookAhead: lookAheadNote(settings.warmStart),
      warnings: [
        ...job.warnings,
        ...scaling.warnings,
        ...stillWarnings(result.models),
        ...alarmWarnings(result.models.flat()),
      ],
    },
  }).finally(() => judging.stop());
  const data = job.examined ? { ...judged, ...(await examined(job, result, setting, judged, terminal)) } : judged;
  await writeFilesWhole(featureFileCopies(out, featureFiles));
  await keepEquity(out, {
    formatVersion: 1,
    agent: settings.agent.toUpperCase(),
    market: universe.name,
    dataHash: data.market.dataHash,
    barsPerYear: annualisation(universe).barsPerYear,
    time: [...data.time],
    runs: result.runs.map(({ curve }, at) => ({
      seed: seeds[at],
      equity: [...curve.equity],
      look: keptLook(looks[at]),
    })),
  });
  return { data, page: await writeReport(join(out), data), scaling };
}

/** The agent of one seed, as the project's ledger counts it: one, whatever the number of its folds. */
function agentOfJob(
  { universe, settings, lengths }: WalkForwardJob,
  featureFiles: readonly FeatureFile[],
  seed: number,
): TriedAgent {
  const tried = { market: universe.name, folds: lengths, experiment: seedless(settings, featureFiles) };
  return { agent: settings.agent.toUpperCase(), settings: tried, seed };
}

/** Every seed traded again under other conditions. What folds are paid differs where rewards are normalised, each by its own past. */
async function examined(
  { settings }: WalkForwardJob,
  { runs, candidates }: WalkForward,
  setting: BacktestSetting,
  report: ReportData,
  terminal: Terminal,
): Promise<Examination> {
  const asking = terminal.progress("trading at other costs, late and with more capital", 1);
  const normalised = rewardParts(settings.reward).some((part) => part.normalised);
  return examine({
    setting,
    runs,
    candidates,
    report,
    reward: normalised ? undefined : rewardOf(settings.reward),
    onProgress: (done, total) => asking.update(done / total),
  }).finally(() => asking.stop());
}

/** One line for each thing to say of terms of the reward that cannot be normalised: in how many folds. Seeds share a fold's. */
function stillWarnings(models: readonly (readonly FoldModel[])[]): string[] {
  const said = models.flatMap(([{ rewardDeviations }]) => stillTerms(rewardDeviations) ?? []);
  return [...new Set(said)].map((each) => {
    const folds = said.filter((other) => other === each).length;
    return `${each} (${folds} of ${models.length} folds).`;
  });
}

/** One line for each kind of alarm: in how many trainings, and what to do. */
function alarmWarnings(models: readonly FoldModel[]): string[] {
  const alarms = models.flatMap((model) => model.alarms);
  return [...new Set(alarms.map(({ kind }) => kind))].map((kind) => {
    const found = alarms.filter((alarm) => alarm.kind === kind);
    const [{ transitions, message }] = found;
    return `${found.length} of ${models.length} trainings raised the alarm "${kind}", the first after ${transitions.toLocaleString("en")} steps: ${message}.`;
  });
}
