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
import type { Trials } from "./deflated-sharpe.ts";
import { deflatedSharpe } from "./deflated-sharpe.ts";
import { interquartileMean } from "./interquartile-mean.ts";
import { minimumTrackRecord } from "./minimum-length.ts";
import { overfittingProbability } from "./overfitting-probability.ts";
import { probabilisticSharpe } from "./probabilistic-sharpe.ts";
import { superiorAbility } from "./superior-ability.ts";
import type { TrackRecord } from "./track-record.ts";
import { trackRecord } from "./track-record.ts";

/** One statistic as it is shown and stored. */
interface Shown<T> {
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
}

export interface EvidenceOptions {
  readonly agent: Contender;
  readonly baselines: readonly Contender[];
  /** Annualised Sharpe ratios of the agent, `[fold][run]`; absent: its runs over all bars as one fold. */
  readonly foldSharpes?: readonly (readonly number[])[];
  readonly barsPerYear: number;
  readonly trials: Trials | undefined;
  readonly rng: Rng;
}

/**
 * PSR, DSR and the minimum track record length are of the agent's run with the median Sharpe ratio (the lower of two), a bar and
 * over a benchmark of 0; PBO is over its runs; SPA asks whether any of its runs earned more a bar than the baseline with the
 * highest Sharpe ratio (the mean of that one's runs).
 */
export function evidence({ agent, baselines, foldSharpes = [], barsPerYear, trials, rng }: EvidenceOptions): Evidence {
  invariant(baselines.length > 0, "an agent is judged against at least one baseline");
  const typical = trackRecord(agent.runs[medianRun(agent.runs)]);
  const ofTypical = <T>(statistic: (record: TrackRecord) => Answer<T>): Answer<T> =>
    typical.known ? statistic(typical.value) : typical;
  const folds = foldSharpes.length > 0 ? foldSharpes : [agent.runs.map((run) => sharpe(run, barsPerYear))];
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
      answer:
        trials === undefined
          ? noAnswer("Nobody counted what was tried before this result.")
          : ofTypical((record) => deflatedSharpe(record, trials)),
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
      answer: ability(agent.runs, bestOf(baselines), rng.fork("superior ability")),
    },
    interquartileMean: {
      label: "Interquartile mean of Sharpe ratios",
      meaning: "Mean Sharpe ratio of the middle half of all seeds and folds, which a lucky seed does not move.",
      answer: interquartileMean(folds, { rng: rng.fork("interquartile mean") }),
    },
  };
}

/** Place of the run with the median Sharpe ratio of its returns, the lower of two. */
export function medianRun(runs: readonly Float64Array[]): number {
  const ratios = runs.map((run, at) => ({ at, ratio: sharpe(run, 1) }));
  return ratios.toSorted((one, other) => one.ratio - other.ratio)[(runs.length - 1) >> 1].at;
}

function bestOf(baselines: readonly Contender[]): Float64Array {
  const means = baselines.map(meanSharpe);
  const { runs } = baselines[means.indexOf(Math.max(...means))];
  return runs[0].map((_, t) => mean(runs.map((run) => run[t])));
}

function overfitting(runs: readonly Float64Array[]): Answer<number> {
  if (runs.length < 2) return notEnough(2, runs.length, "seeds");
  const answer = overfittingProbability(runs);
  return answer.known ? known(answer.value.probability) : answer;
}

function ability(runs: readonly Float64Array[], benchmark: Float64Array, rng: Rng): Answer<number> {
  const differences = runs.map((run) => run.map((value, t) => value - benchmark[t]));
  const blockLengthBars = Math.max(Math.cbrt(benchmark.length), ...differences.map(optimalBlockLength));
  const answer = superiorAbility(differences, { rng, blockLengthBars });
  return answer.known ? known(answer.value.consistent) : answer;
}
