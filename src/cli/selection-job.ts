/** @file What `select` does: every candidate cross-validated over the same splits and seeds, counted, and the choice between them. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import type { CombinatorialPlan, CombinatorialSplit, Combinations } from "#data/combinatorial.ts";
import { combinations } from "#data/combinatorial.ts";
import type { Gap } from "#data/folds.ts";
import type { BarRange } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import { annualisation } from "#evaluation/annualisation.ts";
import { metricsOf } from "#evaluation/assessment.ts";
import { ruleBaselines } from "#evaluation/baselines.ts";
import { crossValidate, groupsSetting } from "#evaluation/cross-validation.ts";
import type { Metrics } from "#evaluation/metrics.ts";
import type { PathRun, Selection, Tried } from "#evaluation/selection.ts";
import { meanReturns, selection } from "#evaluation/selection.ts";
import { checkLearner } from "#evaluation/trained-parts.ts";
import { featureSpec, firstWindowRow } from "#features/pipeline.ts";
import { agentName, usedOf } from "#training/boosting-settings.ts";
import type { FeatureFile } from "#training/feature-files.ts";
import { checkedFeatures, readFeatureFiles } from "#training/feature-files.ts";
import { trainingSteps } from "#training/training-steps.ts";
import type { TriedAgent } from "./counted-trials.ts";
import { barsOf, lookOf, seedless, trainingOf } from "./counted-trials.ts";
import { keptModels } from "./kept-models.ts";
import type { NamedLearner } from "./named-learners.ts";
import type { CountingOptions } from "./project.ts";
import { countTrials } from "./project.ts";
import type { Terminal } from "./terminal.ts";

export interface SelectionJob {
  /** The bars that may be chosen on, and no others. */
  readonly universe: Universe;
  readonly candidates: readonly NamedLearner[];
  readonly plan: CombinatorialPlan;
  readonly gap: Gap;
  readonly seeds: readonly number[];
  /** Of the bootstrap. */
  readonly seed: number;
  readonly workers: number | undefined;
  readonly out: string;
  /** Does it go on from the models that an interrupted one left in `out`? */
  readonly resumed: boolean;
  /** Whose ledger counts its trials. */
  readonly project: CountingOptions;
}

export interface SelectionResult {
  readonly selection: Selection;
  /** Of who held all instruments through all groups, for orientation. */
  readonly buyAndHold: Metrics;
  readonly groups: readonly BarRange[];
  readonly splits: number;
  readonly paths: number;
}

interface Prepared extends NamedLearner {
  readonly featureFiles: readonly FeatureFile[];
  /** First bar whose features are whole. */
  readonly firstBar: number;
}

/** Trains, trades and chooses. @throws Failure data/not-enough-bars, and what trainings throw */
export async function runSelection(job: SelectionJob, terminal: Terminal): Promise<SelectionResult> {
  const { universe, plan, gap, seeds } = job;
  const candidates: Prepared[] = [];
  for (const candidate of job.candidates) {
    checkLearner({ universe, ...candidate.learner });
    candidates.push(await prepared(candidate, universe));
  }
  // The first group's first decision is made a bar before it.
  const from = Math.max(...candidates.map(({ firstBar }) => firstBar)) + 1;
  const combined = combinations(plan, { from, to: universe.openTime.length }, gap);
  const { groups, splits, paths } = combined;
  expectEpisodesFit(candidates, splits);
  const workers = job.workers ?? availableParallelism();
  terminal.say(
    `${splits.length} splits of ${plan.groups} groups, ${plan.heldOut} held out, with ${seeds.length} seeds: ${splits.length * seeds.length} trainings of each candidate, ${workers} at a time; ${paths.length} paths`,
  );
  const tried: Tried[] = [];
  for (const [at, candidate] of candidates.entries()) {
    tried.push({ name: candidate.given, runs: await pathsOf(job, candidate, at, { combined, workers }, terminal) });
  }
  const { barsPerYear } = annualisation(universe);
  const setting = groupsSetting({ universe, settings: candidates[0].learner.settings, combinations: combined });
  const [held] = ruleBaselines(universe.instruments.length);
  return {
    selection: selection(tried, { barsPerYear, seed: job.seed }),
    buyAndHold: metricsOf(await held.trade(setting), setting, barsPerYear),
    groups,
    splits: splits.length,
    paths: paths.length,
  };
}

/** Trains and trades one candidate, and counts it. @param at place among the candidates */
async function pathsOf(
  job: SelectionJob,
  candidate: Prepared,
  at: number,
  { combined, workers }: { readonly combined: Combinations; readonly workers: number },
  terminal: Terminal,
): Promise<readonly PathRun[]> {
  const { universe, seeds, project } = job;
  const { given, learner, featureFiles } = candidate;
  const { settings, boosting } = learner;
  const { groups, splits } = combined;
  const folder = join(job.out, `${at + 1}`);
  // The first was begun, whatever was interrupted; those after it may not have been.
  const resumed = job.resumed && (at === 0 || existsSync(folder));
  const trainedFrom = { universe, settings, boosting, folds: splits, featureFiles, warmFolds: false };
  const kept = await keptModels(folder, trainedFrom, resumed);
  const agents = seeds.map((seed) => agentOf(job, candidate, seed));
  countTrials(project, trainingsOf(agents, splits, universe), resumed);
  const steps = splits.length * seeds.length * trainingSteps(settings, boosting, universe.instruments.length);
  const bar = terminal.progress(`training ${given}`, steps);
  const options = { universe, settings, boosting, combinations: combined, seeds, workers, featureFiles, kept };
  const runs = await crossValidate({
    ...options,
    onProgress: ({ stepsDone, trainingsDone, trainings }) =>
      bar.update(stepsDone, `${trainingsDone} of ${trainings} trainings done`),
    onTraded: (done, total) => bar.update(steps, `${done} of ${total} paths traded`),
  }).finally(() => bar.stop());
  countTrials(project, looksOf(agents, runs, { universe, from: groups[0].from - 1 }));
  return runs;
}

async function prepared(candidate: NamedLearner, universe: Universe): Promise<Prepared> {
  const { featureSet, featureFiles: files, lookbackBars } = candidate.learner.settings;
  const featureFiles = await readFeatureFiles(files);
  const own = await checkedFeatures(featureFiles, universe);
  return { ...candidate, featureFiles, firstBar: firstWindowRow(featureSpec(featureSet, universe, lookbackBars, own)) };
}

/** What the shortest span has no room for is refused now, not after the trainings before it. */
function expectEpisodesFit(candidates: readonly Prepared[], splits: readonly CombinatorialSplit[]): void {
  const shortest = Math.min(...splits.flatMap(({ train }) => train.map(({ from, to }) => to - from)));
  for (const { given, learner } of candidates) {
    const { episodeBars } = learner.settings;
    if (learner.boosting !== undefined || shortest > episodeBars) continue;
    const found = `the shortest span to learn from has ${shortest} bars, and episodes of ${given} need ${episodeBars + 1}; fewer groups leave longer spans`;
    throw new Failure("data/not-enough-bars", found, { shortest, episodeBars });
  }
}

/** The agent of one seed, as the project's ledger counts it: one, whatever the number of its splits. */
function agentOf({ universe, plan, gap }: SelectionJob, { learner, featureFiles }: Prepared, seed: number): TriedAgent {
  const { settings, boosting } = learner;
  const used = seedless(boosting === undefined ? settings : usedOf(settings), featureFiles);
  const tried = { market: universe.name, crossValidation: { ...plan, ...gap }, boosting, experiment: used };
  return { agent: agentName(settings, boosting).toUpperCase(), settings: tried, seed };
}

/** A training of each split. Those that hold other groups out learn from other bars, though their first and last may be the same. */
function trainingsOf(agents: readonly TriedAgent[], splits: readonly CombinatorialSplit[], universe: Universe) {
  return splits.flatMap(({ train, validation, heldOut }) => {
    const bars = barsOf(universe, train[0].from, validation.to);
    const learned = { ...bars, dataHash: sha256(bars.dataHash, `without ${heldOut.join()}`) };
    return agents.map((agent) => trainingOf(agent, learned));
  });
}

/** One look of each seed, at the mean of its paths: nobody can choose a path. In sample, as its models also learned from these bars. */
function looksOf(
  agents: readonly TriedAgent[],
  runs: readonly PathRun[],
  traded: { readonly universe: Universe; readonly from: number },
) {
  return agents.map((agent) => {
    const own = runs.filter(({ seed }) => seed === agent.seed);
    return { ...lookOf(agent, traded, own[0].equity, true), returns: meanReturns(own) };
  });
}
