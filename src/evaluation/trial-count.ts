/** @file What statistics read from a project's trials: how many, how many that are no copies, how far apart. */
import type { Timeframe } from "#domain/bar.ts";
import type { CountedTrial } from "#domain/trial.ts";
import { reaches } from "#domain/trial.ts";
import { moments, sharpe } from "./metrics.ts";
import { counted, day, decimal, whole } from "./report/format.ts";
import type { Trials } from "./statistics/deflated-sharpe.ts";
import { effectiveTrials } from "./statistics/effective-trials.ts";

/** As a report tells it. `count`: looks, and agents that were trained and never looked at. */
export interface ReportTrials extends Trials {
  readonly trainings: number;
  /** Looks at test bars, in-sample ones too. */
  readonly looks: number;
  /** Looks at bars that are among the tested ones. */
  readonly looksHere: number;
  /** When the first of all was made, Unix ms UTC. */
  readonly since: number;
}

/** The bars that are judged on. */
interface JudgedBars {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Opens of the first and last one, Unix ms UTC. */
  readonly from: number;
  readonly until: number;
}

/** Clusters of more looks at the same bars take too long: those beyond count one by one. */
const mostClustered = 500;

/**
 * The project's trials, as a judgement on these bars (or on none) takes them; undefined where there is none. A repeated trial
 * counts once. The variance is of the looks at bars of the same length that were out of sample, n − 1; absent below two.
 */
export function trialCount(trials: readonly CountedTrial[], here?: JudgedBars): ReportTrials | undefined {
  if (trials.length === 0) return undefined;
  const looks = trials.filter(({ kind }) => kind !== "training");
  const trainings = trials.filter(({ kind }) => kind === "training");
  const lookedAt = new Set(looks.map(agentOf));
  const unseen = new Set(trainings.map(agentOf).filter((agent) => !lookedAt.has(agent))).size;
  const groups = [...Map.groupBy(looks, barsOf).values()];
  return {
    count: looks.length + unseen,
    effective: groups.reduce((sum, group) => sum + clusters(group), 0) + unseen,
    variance: sharpeVariance(looks, here?.timeframe),
    trainings: trainings.length,
    looks: looks.length,
    looksHere: here === undefined ? 0 : looks.filter((look) => reaches(look, here)).length,
    since: Math.min(...trials.flatMap(({ sightings }) => sightings.map(({ at }) => at))),
  };
}

/** Variance (n − 1) of the Sharpe ratios a bar of looks whose returns vary; undefined below two, or over bars of several lengths. */
function sharpeVariance(looks: readonly CountedTrial[], timeframe: Timeframe | undefined): number | undefined {
  const outOfSample = looks.filter(
    (look) => look.kind === "look" && (timeframe === undefined || look.timeframe === timeframe),
  );
  const lengths = new Set(outOfSample.map((look) => look.timeframe));
  const ratios = outOfSample
    .filter(({ returns }) => moments(returns).deviation > 0)
    .map(({ returns }) => sharpe(returns, 1));
  return ratios.length < 2 || lengths.size > 1 ? undefined : moments(ratios).deviation ** 2;
}

function agentOf({ configHash, seed }: CountedTrial): string {
  return `${configHash} ${seed}`;
}

/** What trials have in common whose returns can be compared bar by bar. */
function barsOf({ timeframe, from, until, returns }: CountedTrial): string {
  return [timeframe, from, until, returns.length].join(" ");
}

/** Looks at the same bars that are no copies of each other; all of them where there are too few bars to tell. */
function clusters(looks: readonly CountedTrial[]): number {
  const found = effectiveTrials(looks.slice(0, mostClustered).map(({ returns }) => returns));
  return found.known ? found.value + Math.max(0, looks.length - mostClustered) : looks.length;
}

/** All of it in two sentences. */
export function trialsSentence({ count, effective = count, trainings, looks, looksHere, since }: ReportTrials): string {
  const copies = effective < count ? ` (${decimal(effective, 0)} that are not copies of each other)` : "";
  const made = `${counted(trainings, "training")} and ${counted(looks, "look")} at test bars`;
  const here = looksHere === 1 ? "1 was" : `${whole(looksHere)} were`;
  return `${counted(count, "trial")}${copies}: ${made}, of which ${here} at bars among these. This project's ledger counts them since ${day(since)}.`;
}
