/** @file Which of several candidates to go on with, by the paths of their cross-validation, and what that choice is worth. Pure. */
import { invariant } from "#base/invariant.ts";
import type { Interval } from "./bootstrap.ts";
import { quantile } from "./bootstrap.ts";
import { compare } from "./comparison.ts";
import type { Metrics } from "./metrics.ts";
import { mean } from "./metrics.ts";
import { decimal } from "./report/format.ts";
import type { NoAnswer } from "./statistics/answer.ts";
import type { Overfitting } from "./statistics/overfitting-probability.ts";
import { overfittingProbability } from "./statistics/overfitting-probability.ts";

/** One path with one seed. */
export interface PathRun {
  /** From 1. */
  readonly path: number;
  readonly seed: number;
  readonly metrics: Metrics;
  /** Simple returns a bar, net of costs, `[T]`: the same bars for all runs of all candidates. */
  readonly returns: Float64Array;
  /** `[T+1]` */
  readonly equity: Float64Array;
}

/** A candidate's runs, in the same order of seeds and paths for all candidates. */
export interface Tried {
  readonly name: string;
  readonly runs: readonly PathRun[];
}

/** How a number is spread over runs. */
export interface Spread {
  readonly mean: number;
  readonly worst: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly best: number;
}

/** What a candidate's runs came to. */
export interface TriedResult {
  readonly name: string;
  /** Annualised, net of costs. */
  readonly sharpe: Spread;
  /** Means over the runs. */
  readonly annualReturn: number;
  readonly maxDrawdown: number;
  readonly turnover: number;
  readonly runs: readonly (Pick<Metrics, "sharpe" | "annualReturn" | "totalReturn" | "maxDrawdown" | "turnover"> &
    Pick<PathRun, "path" | "seed">)[];
}

/** How far the candidate of the highest mean Sharpe ratio is ahead of another. */
interface Lead {
  readonly over: string;
  /** Of mean annualised Sharpe ratios: blocks of bars and runs are redrawn, bars for both alike. */
  readonly difference: Interval;
  /** Share of the runs of the same path and seed in which it has the higher Sharpe ratio. */
  readonly aheadIn: number;
}

export interface Selection {
  /** Of the highest mean Sharpe ratio. */
  readonly chosen: string;
  /** In the order in which they were given. */
  readonly candidates: readonly TriedResult[];
  /** Over each other candidate. */
  readonly leads: readonly Lead[];
  /** Of the choice between the candidates, each by the mean returns of its runs (CSCV). */
  readonly overfitting: Omit<Overfitting, "logits"> | NoAnswer;
  /** Is the choice no better than a draw, or can that not be told? */
  readonly worthless: boolean;
  /** What to think of the choice, in sentences. */
  readonly reasons: readonly string[];
}

/** From here on, what is best in one half of the time is above the middle in the other no more often than not. */
const worthlessFrom = 0.5;

const noEvidence =
  "This is a choice between candidates and no evidence of profit: each group was traded by models that also learned from bars after it, and the best of several was taken.";

/** Compares candidates by the same paths and seeds, and chooses the one of the highest mean Sharpe ratio. */
export function selection(
  candidates: readonly Tried[],
  { barsPerYear, seed }: { readonly barsPerYear: number; readonly seed: number },
): Selection {
  invariant(candidates.length >= 2, "a choice is between two candidates or more", { candidates: candidates.length });
  const results = candidates.map(resultOf);
  const highest = results.reduce((best, { sharpe }, at) => (sharpe.mean > results[best].sharpe.mean ? at : best), 0);
  const chosen = candidates[highest];
  const contender = ({ name, runs }: Tried) => ({ name, runs: runs.map(({ returns }) => returns) });
  const leads = candidates
    .filter((other) => other !== chosen)
    .map((other): Lead => {
      const { difference } = compare(contender(chosen), contender(other), { barsPerYear, seed });
      const ahead = chosen.runs.filter(({ metrics }, run) => metrics.sharpe > other.runs[run].metrics.sharpe);
      return { over: other.name, difference, aheadIn: ahead.length / chosen.runs.length };
    });
  const answer = overfittingProbability(candidates.map(({ runs }) => meanReturns(runs)));
  if (!answer.known) {
    const reason = `What the choice of ${chosen.name} is worth cannot be told. ${answer.reason}`;
    const worth = { overfitting: answer, worthless: true, reasons: [reason, noEvidence] };
    return { chosen: chosen.name, candidates: results, leads, ...worth };
  }
  const { logits: _, ...overfitting } = answer.value;
  const worthless = overfitting.probability >= worthlessFrom;
  return {
    chosen: chosen.name,
    candidates: results,
    leads,
    overfitting,
    worthless,
    reasons: [worthOf(chosen.name, overfitting.probability), noEvidence],
  };
}

function worthOf(chosen: string, probability: number): string {
  const found = `The candidate that is best in one half of the time is not above the middle of all in the other half in ${decimal(100 * probability, 0)} % of all splits (the probability of backtest overfitting)`;
  return probability >= worthlessFrom
    ? `${found}: the choice of ${chosen} is worth nothing, a draw would do as well.`
    : `${found}: ${chosen} is chosen.`;
}

/** Mean over the runs of their returns in each bar, `[T]`. */
export function meanReturns(runs: readonly PathRun[]): Float64Array {
  return runs[0].returns.map((_, t) => mean(runs.map(({ returns }) => returns[t])));
}

function resultOf({ name, runs }: Tried): TriedResult {
  const meanOf = (of: (metrics: Metrics) => number): number => mean(runs.map(({ metrics }) => of(metrics)));
  return {
    name,
    sharpe: spread(runs.map(({ metrics }) => metrics.sharpe)),
    annualReturn: meanOf(({ annualReturn }) => annualReturn),
    maxDrawdown: meanOf(({ maxDrawdown }) => maxDrawdown),
    turnover: meanOf(({ turnover }) => turnover),
    runs: runs.map(({ path, seed, metrics: { sharpe, annualReturn, totalReturn, maxDrawdown, turnover } }) => ({
      path,
      seed,
      sharpe,
      annualReturn,
      totalReturn,
      maxDrawdown,
      turnover,
    })),
  };
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    mean: mean(values),
    worst: sorted[0],
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    best: sorted[sorted.length - 1],
  };
}
