/** @file Walk-forward from a universe to a report: what `demo` and `walk-forward` both do. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import type { FoldPlan, Gap } from "#data/folds.ts";
import { foldsOf } from "#data/folds.ts";
import type { Fold } from "#data/split.ts";
import type { Trial } from "#domain/trial.ts";
import type { Universe } from "#domain/universe.ts";
import { annualisation } from "#evaluation/annualisation.ts";
import type { AssessmentOptions } from "#evaluation/assessment.ts";
import { assess } from "#evaluation/assessment.ts";
import type { BacktestSetting } from "#evaluation/backtest.ts";
import type { RivalOptions } from "#evaluation/boosted-rival.ts";
import { boostedRival, rivalNotes } from "#evaluation/boosted-rival.ts";
import type { Candidate } from "#evaluation/candidate.ts";
import type { Examination } from "#evaluation/examination.ts";
import { examine } from "#evaluation/examination.ts";
import type { ReportData } from "#evaluation/report-data.ts";
import { rivalNames } from "#evaluation/rival-names.ts";
import type { TrainingProgress } from "#evaluation/trained-parts.ts";
import type { WalkForward } from "#evaluation/walk-forward.ts";
import { checkWalkForward, walkForward } from "#evaluation/walk-forward.ts";
import type { OwnFeature } from "#features/feature.ts";
import { featureSpec, firstWindowRow } from "#features/pipeline.ts";
import { rewardOf, rewardParts } from "#market/rewards/rewards.ts";
import { isWithoutSkill } from "#training/boosted-training.ts";
import type { BoostingSettings, TreeName } from "#training/boosting-settings.ts";
import { agentName, usedOf } from "#training/boosting-settings.ts";
import { codeVersion } from "#training/code-version.ts";
import type { Experiment } from "#training/experiment.ts";
import { stillTerms } from "#training/reward-deviations.ts";
import { trainingSteps } from "#training/training-steps.ts";
import { treesLookAhead } from "#training/trees-policy.ts";
import { lookAheadNote } from "#training/warm-start-settings.ts";
import type { FeatureFile } from "#training/feature-files.ts";
import { checkedFeatures, featureFileCopies, readFeatureFiles } from "#training/feature-files.ts";
import type { FoldModel } from "#training/fold.worker.ts";
import { writeFilesWhole } from "#storage/atomic-file.ts";
import type { TriedAgent } from "./counted-trials.ts";
import { barsOf, lookOf, seedless, trainingOf } from "./counted-trials.ts";
import { writeReport } from "./judged.ts";
import { keepEquity, keptLook } from "./kept-equity.ts";
import { keptModels } from "./kept-models.ts";
import type { CountingOptions } from "./project.ts";
import { countTrials, projectOf } from "./project.ts";
import type { Scaling } from "./scaling.ts";
import { mergedSaturation, scalingOf } from "./scaling.ts";
import type { Terminal } from "./terminal.ts";
import { verifiedFold } from "./verified-fold.ts";

/** How bars are parted into folds. */
export interface Folding {
  readonly plan: FoldPlan;
  readonly gap: Gap;
}

export interface WalkForwardJob {
  readonly universe: Universe;
  readonly settings: Experiment;
  /** Boosted trees in place of the agent that the settings name. */
  readonly boosting?: BoostingSettings | undefined;
  readonly folding: Folding;
  /** Does each fold begin with what the one before learned? Absent: from scratch. */
  readonly warmFolds?: boolean;
  /** Does it go on from the models that an interrupted one left in `out`? Absent: no models are kept. */
  readonly resumed?: boolean;
  readonly seeds: readonly number[];
  readonly workers: number | undefined;
  readonly out: string;
  readonly runId: string;
  readonly command: string;
  readonly source: string;
  readonly quality: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Is the last fold's first model searched for leaks? Absent: no. */
  readonly verified?: boolean;
  /** Are all seeds traded again at other costs, late and with more capital, too? Absent: no. */
  readonly examined?: boolean;
  /** Baselines that are trained on the same folds; absent: none. */
  readonly against?: readonly TreeName[] | undefined;
  /** Whose ledger counts its trials. */
  readonly project: CountingOptions;
}

/** What is known of a job before anything is trained. */
interface Planned {
  readonly folds: readonly Fold[];
  /** The user's own features, as text and loaded. */
  readonly featureFiles: readonly FeatureFile[];
  readonly own: readonly OwnFeature[];
}

/**
 * The folds of a job, which begin where the features of its agent are known.
 * @throws Failure as `checkWalkForward`
 */
export async function foldsOfJob({
  universe,
  settings,
  boosting,
  folding,
}: Pick<WalkForwardJob, "universe" | "settings" | "boosting" | "folding">): Promise<Planned> {
  const featureFiles = await readFeatureFiles(settings.featureFiles);
  const own = await checkedFeatures(featureFiles, universe);
  const firstBar = firstWindowRow(featureSpec(settings.featureSet, universe, settings.lookbackBars, own));
  const folds = foldsOf(folding.plan, folding.gap, { openTime: universe.openTime, firstBar });
  checkWalkForward({ universe, settings, boosting, folds });
  return { folds, featureFiles, own };
}

/** Trains, trades and judges; writes the report into `out`. */
export async function runWalkForward(
  job: WalkForwardJob,
  terminal: Terminal,
): Promise<{ readonly data: ReportData; readonly page: string; readonly scaling: Scaling }> {
  const { universe, folding, seeds, out } = job;
  const planned = await foldsOfJob(job);
  const { result, looks } = await trainedAndTraded(job, planned, terminal);
  const { data, scaling } = await judgedWalk(job, planned, result, terminal);
  await writeFilesWhole(featureFileCopies(out, planned.featureFiles));
  await keepEquity(out, {
    formatVersion: 1,
    agent: nameOf(job),
    market: universe.name,
    dataHash: data.market.dataHash,
    barsPerYear: annualisation(universe).barsPerYear,
    folding,
    time: [...data.time],
    runs: result.runs.map(({ curve }, at) => ({
      seed: seeds[at],
      equity: [...curve.equity],
      look: keptLook(looks[at]),
    })),
  });
  return { data, page: await writeReport(join(out), data), scaling };
}

function nameOf({ settings, boosting }: WalkForwardJob): string {
  return agentName(settings, boosting).toUpperCase();
}

function workersOf({ workers }: WalkForwardJob): number {
  return workers ?? availableParallelism();
}

/** Every fold trained with every seed, and each seed traded; both counted, the trainings before the first begins. */
async function trainedAndTraded(
  job: WalkForwardJob,
  { folds, featureFiles }: Planned,
  terminal: Terminal,
): Promise<{ readonly result: WalkForward; readonly looks: readonly Trial[] }> {
  const { universe, settings, boosting, seeds, out, warmFolds = false, resumed } = job;
  const trainedFrom = { universe, settings, boosting, folds, featureFiles, warmFolds };
  const kept = resumed === undefined ? undefined : await keptModels(out, trainedFrom, resumed);
  const workers = workersOf(job);
  const trainings = folds.length * seeds.length;
  const steps = trainingSteps(settings, boosting, universe.instruments.length);
  const length = `${steps.toLocaleString("en")} ${boosting === undefined ? "steps" : "rounds at most"}`;
  terminal.say(
    `Training ${nameOf(job)} anew for each of ${folds.length} folds with ${seeds.length} seeds: ${trainings} trainings of ${length}, ${workers} at a time`,
  );
  const agents = seeds.map((seed) => agentOfJob(job, featureFiles, seed));
  const learned = folds.map(({ train, validation }) => barsOf(universe, train.from, validation.to));
  countTrials(
    job.project,
    learned.flatMap((bars) => agents.map((agent) => trainingOf(agent, bars))),
    resumed,
  );
  const bar = terminal.progress("training", trainings * steps);
  const result = await walkForward({
    universe,
    settings,
    boosting,
    folds,
    seeds,
    workers,
    featureFiles,
    warmStarted: warmFolds,
    kept,
    onProgress: ({ stepsDone, trainingsDone }) =>
      bar.update(stepsDone, `${trainingsDone} of ${trainings} trainings done`),
  }).finally(() => bar.stop());
  const looks = result.runs.map(({ curve }, at) =>
    lookOf(agents[at], { universe, from: result.from }, curve.equity, false),
  );
  countTrials(job.project, looks);
  return { result, looks };
}

/** The verdict over all test spans, with what was asked beside it and what the leak battery found. */
async function judgedWalk(
  job: WalkForwardJob,
  { folds, featureFiles, own }: Planned,
  result: WalkForward,
  terminal: Terminal,
): Promise<{ readonly data: ReportData; readonly scaling: Scaling }> {
  const { universe, settings, boosting, seeds, against = [] } = job;
  // The seeds of a fold share its rows, and so its scaler.
  const scaling = scalingOf(
    mergedSaturation(result.models.map(([{ saturation }]) => saturation)),
    undefined,
    "the rows of a fold",
  );
  const workers = workersOf(job);
  const rivals = await trainedRivals(against, { universe, settings, folds, workers, featureFiles }, terminal);
  terminal.say("Trading the baselines and judging, with 2,000 resamples of the tested bars");
  const { costs, account: rules, rebalanceBand, capital } = settings;
  const judging = terminal.progress("trading the baselines", 1);
  const setting = { universe, from: result.from, to: result.to, costs, rules, sizing: { rebalanceBand }, capital };
  const judged = await assess({
    onProgress: (done, total) => judging.update(done / total),
    setting,
    agent: { name: nameOf(job), runs: result.runs, seeds },
    folds,
    inSample: false,
    seed: settings.seed,
    rivals,
    ...projectOf(job.project, setting),
    about: aboutOf(job, result, [...scaling.warnings, ...(rivals.length > 0 ? rivalNotes(settings) : [])]),
  }).finally(() => judging.stop());
  const more = job.examined ? await examined(job, result, rivals, setting, judged, terminal) : {};
  const trained = { universe, settings: { ...settings, seed: seeds[0] }, boosting, own, fold: folds[folds.length - 1] };
  const verification = job.verified
    ? await verifiedFold({ ...trained, model: result.models[folds.length - 1][0] }, terminal)
    : undefined;
  return { data: { ...judged, ...more, verification }, scaling };
}

/** What a report says of how it came about. */
function aboutOf(job: WalkForwardJob, { models }: WalkForward, notes: readonly string[]): AssessmentOptions["about"] {
  const { settings, boosting, folding, warmFolds = false } = job;
  return {
    runId: job.runId,
    createdAt: systemClock.now(),
    command: job.command,
    codeVersion: codeVersion(),
    source: job.source,
    quality: job.quality,
    settings: {
      ...(boosting === undefined ? settings : { ...usedOf(settings), boosting }),
      folds: { ...folding.plan, ...folding.gap, warmStarted: warmFolds },
    },
    lookAhead: boosting === undefined ? lookAheadNote(settings.warmStart) : treesLookAhead,
    warnings: [
      ...job.warnings,
      ...notes,
      ...stillWarnings(models),
      ...alarmWarnings(models.flat()),
      ...skillWarnings(models.flat()),
    ],
  };
}

/** The agent of one seed, as the project's ledger counts it: one, whatever the number of its folds. */
function agentOfJob(
  { universe, settings, boosting, folding, warmFolds = false }: WalkForwardJob,
  featureFiles: readonly FeatureFile[],
  seed: number,
): TriedAgent {
  // Trees use few of an experiment's settings.
  const used = seedless(boosting === undefined ? settings : usedOf(settings), featureFiles);
  const tried = { market: universe.name, folds: { ...folding, warmFolds }, boosting, experiment: used };
  return { agent: agentName(settings, boosting).toUpperCase(), settings: tried, seed };
}

/** Every seed traded again under other conditions. What folds are paid differs where rewards are normalised, each by its own past. */
async function examined(
  { settings, boosting }: WalkForwardJob,
  { runs, candidates }: WalkForward,
  rivals: readonly Candidate[],
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
    rivals,
    report,
    // Labels taught trees, and no reward.
    reward: normalised || boosting !== undefined ? undefined : rewardOf(settings.reward),
    onProgress: (done, total) => asking.update(done / total),
  }).finally(() => asking.stop());
}

/** Trains the baselines that must be trained, each on the agent's folds. */
async function trainedRivals(
  kinds: readonly TreeName[],
  options: RivalOptions,
  terminal: Terminal,
): Promise<Candidate[]> {
  const rivals: Candidate[] = [];
  for (const kind of kinds) {
    const bar = terminal.progress(`training ${rivalNames[kind]}`, 1);
    const onProgress = ({ stepsDone, steps }: TrainingProgress): void => bar.update(stepsDone / steps);
    rivals.push(await boostedRival(kind, { ...options, onProgress }).finally(() => bar.stop()));
  }
  return rivals;
}

/** One line for each thing to say of terms of the reward that cannot be normalised: in how many folds. Seeds share a fold's. */
function stillWarnings(models: readonly (readonly FoldModel[])[]): string[] {
  const said = models.flatMap(([model]) =>
    model.kind === "policy-network" ? (stillTerms(model.rewardDeviations) ?? []) : [],
  );
  return [...new Set(said)].map((each) => {
    const folds = said.filter((other) => other === each).length;
    return `${each} (${folds} of ${models.length} folds).`;
  });
}

/** One line for each kind of alarm: in how many trainings, and what to do. */
function alarmWarnings(models: readonly FoldModel[]): string[] {
  const alarms = models.flatMap((model) => (model.kind === "policy-network" ? model.alarms : []));
  return [...new Set(alarms.map(({ kind }) => kind))].map((kind) => {
    const found = alarms.filter((alarm) => alarm.kind === kind);
    const [{ transitions, message }] = found;
    return `${found.length} of ${models.length} trainings raised the alarm "${kind}", the first after ${transitions.toLocaleString("en")} steps: ${message}.`;
  });
}

/** One line for each instrument whose trees knew nothing: in how many trainings. */
function skillWarnings(models: readonly FoldModel[]): string[] {
  const grown = models.flatMap((model) => (model.kind === "boosted-trees" ? model.instruments : []));
  return [...new Set(grown.map(({ symbol }) => symbol))].flatMap((symbol) => {
    const blind = grown.filter((trees) => trees.symbol === symbol && isWithoutSkill(trees)).length;
    if (blind === 0) return [];
    return `In ${blind} of ${models.length} trainings the trees of ${symbol} said no more of the validation span than how often each label is, or its mean.`;
  });
}
