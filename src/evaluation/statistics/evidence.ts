/** @file All statistics of one evaluation, each with what it means in a sentence: what the report shows beside the verdict. */
import { invariant } from "#base/invariant.ts";
import { optimalBlockLength } from "#base/blocks.ts";
import type { Rng } from "#base/rng.ts";
import type { Interval } from "../bootstrap.ts";
import { mean, sharpe } from "../metrics.ts";
import type { Contender } from "../sharpe-contrasts.ts";
import { meanSharpe } from "../sharpe-contrasts.ts";
import type { Answer } from "./answer.ts";
import { known, noAnswer, notEnough } from "./answer.ts";
import type { BaselineTest } from "./baseline-tests.ts";
import { baselineTests } from "./baseline-tests.ts";
import type { Trials } from "./deflated-sharpe.ts";
import { deflatedSharpe } from "./deflated-sharpe.ts";
import { improvementProbability } from "./improvement-probability.ts";
import { interquartileMean, leastScores } from "./interquartile-mean.ts";
import { minimumBacktestYears, minimumTrackRecord } from "./minimum-length.ts";
import { optimalityGap } from "./optimality-gap.ts";
import { overfittingProbability } from "./overfitting-probability.ts";
import { performanceProfile } from "./performance-profile.ts";
import { probabilisticSharpe } from "./probabilistic-sharpe.ts";
import type { ScoreTable } from "./score-table.ts";
import { realityCheck, superiorAbility } from "./superior-ability.ts";
import type { TrackRecord } from "./track-record.ts";
import { trackRecord } from "./track-record.ts";

/** One statistic as it is shown and stored. */
export interface Shown<T> {
  readonly label: string;
  /** One sentence. */
  readonly meaning: string;
  readonly answer: Answer<T>;
}

export interface Evidence {
  readonly probabilisticSharpe: Shown<number>;
  readonly deflatedSharpe: Shown<number>;
  /** In bars. */
  readonly minimumTrackRecord: Shown<number>;
  readonly overfitting: Shown<number>;
  /** Hansen's consistent p-value. */
  readonly superiorAbility: Shown<number>;
  /** Of annualised Sharpe ratios. */
  readonly interquartileMean: Shown<Interval>;
  /** These are absent in reports of versions that did not show them. White's p-value. */
  readonly realityCheck?: Shown<number>;
  /** In years. */
  readonly minimumBacktest?: Shown<number>;
  readonly improvement?: Shown<Interval>;
  /** In annualised Sharpe ratio. */
  readonly shortfall?: Shown<Interval>;
  readonly profile?: Shown<Profiles>;
  readonly againstBaselines?: Shown<readonly BaselineTest[]>;
}

/** Shares of seeds and folds above each annualised Sharpe ratio, of the agent and of the best baseline. */
export interface Profiles {
  readonly baseline: string;
  readonly thresholds: readonly number[];
  readonly agent: readonly number[];
  readonly baselines: readonly number[];
}

export interface EvidenceOptions {
  readonly agent: Contender;
  readonly baselines: readonly Contender[];
  /** Test spans among the bars of the returns, `to` exclusive; absent or empty: all bars as one fold. */
  readonly folds?: readonly { readonly from: number; readonly to: number }[];
  readonly barsPerYear: number;
  readonly trials: Trials | undefined;
  readonly rng: Rng;
}

/**
 * PSR, DSR and the minimum lengths are of the agent's run with the median Sharpe ratio (the lower of two), a bar and over a
 * benchmark of 0; PBO is over its runs; SPA and the reality check ask whether any of its runs earned more a bar than the
 * baseline with the highest Sharpe ratio (the mean of that one's runs); the rest is of Sharpe ratios by fold and run, or of
 * the mean over runs, as the verdict.
 */
export function evidence({ agent, baselines, folds = [], barsPerYear, trials, rng }: EvidenceOptions): Evidence {
  invariant(baselines.length > 0, "an agent is judged against at least one baseline");
  const typical = trackRecord(agent.runs[medianRun(agent.runs)]);
  const ofTypical = <T>(statistic: (record: TrackRecord) => Answer<T>): Answer<T> =>
    typical.known ? statistic(typical.value) : typical;
  const seeds = agent.runs.length;
  const ofSeeds = <T>(statistic: () => Answer<T>): Answer<T> =>
    seeds < 2 ? notEnough(2, seeds, "seeds") : statistic();
  const best = bestOf(baselines);
  const scores = (of: Contender): ScoreTable =>
    (folds.length > 0 ? folds : [{ from: 0, to: agent.runs[0].length }]).map(({ from, to }) =>
      of.runs.map((run) => sharpe(run.subarray(from, to), barsPerYear)),
    );
  const [own, bests] = [scores(agent), scores(best)];
  const leads = leadsOver(best, agent.runs);
  return {
    probabilisticSharpe: {
      label: "Probabilistic Sharpe ratio",
      meaning: "How probable it is that the true Sharpe ratio of the median run is above 0.",
      answer: ofTypical((record) => probabilisticSharpe(record)),
    },
    deflatedSharpe: {
      label: "Deflated Sharpe ratio",
      meaning:
        "How probable it is that the Sharpe ratio of the median run is above what the best of all trials would show by luck.",
      answer: trials === undefined ? uncounted : ofTypical((record) => deflatedSharpe(record, trials)),
    },
    minimumTrackRecord: {
      label: "Minimum track record length",
      meaning: "How many bars such returns must go on for until their Sharpe ratio is above 0 with 95 % confidence.",
      answer: ofTypical((record) => minimumTrackRecord(record)),
    },
    overfitting: {
      label: "Probability of backtest overfitting",
      meaning:
        "How often the seed that is best in one half of the time is below the middle of all seeds in the other half.",
      answer: overfitting(agent.runs),
    },
    superiorAbility: {
      label: "Superior predictive ability, p",
      meaning:
        "How probable so large a lead in mean return of the best seed over the best baseline is if no seed is better.",
      answer: ability(leads, rng.fork("superior ability")),
    },
    interquartileMean: {
      label: "Interquartile mean of Sharpe ratios",
      meaning: "Mean Sharpe ratio of the middle half of all seeds and folds, which a lucky seed does not move.",
      answer: ofSeeds(() => interquartileMean(own, { rng: rng.fork("interquartile mean") })),
    },
    realityCheck: {
      label: "White's reality check, p",
      meaning:
        "The older form of the same question: leads are not divided by their errors, and bad seeds count as much as good ones.",
      answer: realityCheck(leads, { rng: rng.fork("reality check"), blockLengthBars: memoryOf(leads) }),
    },
    minimumBacktest: {
      label: "Minimum backtest length",
      meaning:
        "On a shorter history the best of as many worthless trials is expected to show the Sharpe ratio of the median run.",
      answer: minimumBacktest(typical, trials, barsPerYear),
    },
    improvement: {
      label: "Probability of improvement",
      meaning: `How often a seed of the agent has a higher Sharpe ratio in a fold than ${best.name}.`,
      answer: ofSeeds(() => improvementProbability(own, bests, { rng: rng.fork("improvement") })),
    },
    shortfall: {
      label: "Shortfall from the best baseline",
      meaning: `By how much the Sharpe ratios of seeds and folds fall short of that of ${best.name} over all bars; those above it count as it (optimality gap).`,
      answer: ofSeeds(() =>
        optimalityGap(own, meanSharpe(best) * Math.sqrt(barsPerYear), { rng: rng.fork("shortfall") }),
      ),
    },
    profile: {
      label: "Performance profile",
      meaning:
        "Share of seeds and folds with a Sharpe ratio above each value: the line that is higher everywhere is better.",
      answer: profiles(own, bests, best.name),
    },
    againstBaselines: {
      label: "Against each baseline",
      meaning:
        "How probable so large a lead in Sharpe ratio is by luck: alone, and among all baselines, where one wrong finding (Holm) or a share of them (Benjamini-Hochberg) is guarded against; StepM names those that are beaten with a chance of 5 % to be wrong about any. The luck of the seeds is not in it.",
      answer: baselineTests(agent, baselines, { rng: rng.fork("against baselines") }),
    },
  };
}

const uncounted = noAnswer("Nobody counted what was tried before this result.");

/** Place of the run with the median Sharpe ratio of its returns, the lower of two. */
function medianRun(runs: readonly Float64Array[]): number {
  const ratios = runs.map((run, at) => ({ at, ratio: sharpe(run, 1) }));
  return ratios.toSorted((one, other) => one.ratio - other.ratio)[(runs.length - 1) >> 1].at;
}

function bestOf(baselines: readonly Contender[]): Contender {
  const means = baselines.map(meanSharpe);
  return baselines[means.indexOf(Math.max(...means))];
}

function overfitting(runs: readonly Float64Array[]): Answer<number> {
  if (runs.length < 2) return notEnough(2, runs.length, "seeds");
  const answer = overfittingProbability(runs);
  return answer.known ? known(answer.value.probability) : answer;
}

/** What each run earned more in each bar than the mean of the baseline's runs. */
function leadsOver(baseline: Contender, runs: readonly Float64Array[]): Float64Array[] {
  const benchmark = baseline.runs[0].map((_, t) => mean(baseline.runs.map((run) => run[t])));
  return runs.map((run) => run.map((value, t) => value - benchmark[t]));
}

function memoryOf(leads: readonly Float64Array[]): number {
  return Math.max(Math.cbrt(leads[0].length), ...leads.map(optimalBlockLength));
}

function ability(leads: readonly Float64Array[], rng: Rng): Answer<number> {
  const answer = superiorAbility(leads, { rng, blockLengthBars: memoryOf(leads) });
  return answer.known ? known(answer.value.consistent) : answer;
}

function minimumBacktest(record: Answer<TrackRecord>, trials: Trials | undefined, barsPerYear: number): Answer<number> {
  if (trials === undefined) return uncounted;
  const { count, effective = count } = trials;
  if (!(effective > 1)) return noAnswer("One trial alone was not picked among others.");
  if (!record.known) return record;
  return minimumBacktestYears(effective, record.value.sharpe * Math.sqrt(barsPerYear));
}

/** So many values from the lowest to the highest score. */
const profilePoints = 13;

function profiles(own: ScoreTable, bests: ScoreTable, baseline: string): Answer<Profiles> {
  const count = own.flat().length;
  if (count < leastScores) return notEnough(leastScores, count, "seeds and folds");
  const all = [...own.flat(), ...bests.flat()];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const thresholds = Array.from(
    { length: profilePoints },
    (_, n) => least + ((most - least) * n) / (profilePoints - 1),
  );
  const [agent, baselines] = [own, bests].map((table) => performanceProfile(table, thresholds));
  if (!agent.known) return agent;
  if (!baselines.known) return baselines;
  return known({ baseline, thresholds, agent: agent.value, baselines: baselines.value });
}
