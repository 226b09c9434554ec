/** @file Confidence intervals for the metrics of a contender. */
import type { Rng } from "#base/rng.ts";
import { optimalBlockLength } from "#base/blocks.ts";
import type { Interval } from "./bootstrap.ts";
import { pairedBootstrap, percentileInterval } from "./bootstrap.ts";
import { annualReturn, drawdown, mean, sharpe, sortino, volatility } from "./metrics.ts";

/** The metrics that have an interval: those that returns alone decide, see `tradeIntervals` for those of round trips. */
export interface MetricIntervals {
  readonly sharpe: Interval;
  readonly annualReturn: Interval;
  readonly volatility: Interval;
  readonly maxDrawdown: Interval;
  readonly sortino: Interval;
  readonly totalReturn: Interval;
  readonly calmar: Interval;
  readonly maxDrawdownBars: Interval;
}

/** In the order of `inOnePass`. */
const names = [
  "sharpe",
  "annualReturn",
  "volatility",
  "maxDrawdown",
  "sortino",
  "totalReturn",
  "calmar",
  "maxDrawdownBars",
] as const satisfies readonly (keyof MetricIntervals)[];

export interface IntervalOptions {
  readonly barsPerYear: number;
  readonly rng: Rng;
  readonly resamples?: number;
}

/**
 * 95 % percentile intervals by the stationary bootstrap for the mean over runs of each metric; `runs` are simple per-bar returns,
 * `[T]` each, redrawn together, and with several runs these are drawn too. For the drawdown it is the range of
 * drawdowns that the same returns give in another order, not centred on the one that happened. The verdict's interval
 * of Sharpe is a wider one; where both are at hand, show the verdict's.
 */
export function metricIntervals(runs: readonly Float64Array[], options: IntervalOptions): MetricIntervals {
  const { barsPerYear, rng, resamples = 1000 } = options;
  const seeds = rng.fork("seeds");
  const statistics = (run: Float64Array): number[] => inOnePass(run, barsPerYear);
  const values = pairedBootstrap(runs, (redrawn) => acrossDrawnRuns(redrawn, statistics, seeds), {
    rng,
    resamples,
    blockLengthBars: blockLength(runs),
  });
  const estimates = acrossRuns(runs.map((run) => estimatesOf(run, barsPerYear)));
  return intervals(estimates, values);
}

/**
 * 95 % percentile intervals of each metric of `runs` less that of `others`: both are redrawn with the same blocks of time
 * (paired), and the runs of each by themselves.
 */
export function metricDifferences(
  runs: readonly Float64Array[],
  others: readonly Float64Array[],
  { barsPerYear, rng, resamples = 1000 }: IntervalOptions,
): MetricIntervals {
  const seeds = rng.fork("seeds");
  const statistics = (run: Float64Array): number[] => inOnePass(run, barsPerYear);
  const values = pairedBootstrap(
    [...runs, ...others],
    (redrawn) =>
      less(
        acrossDrawnRuns(redrawn.slice(0, runs.length), statistics, seeds),
        acrossDrawnRuns(redrawn.slice(runs.length), statistics, seeds),
      ),
    { rng, resamples, blockLengthBars: Math.max(blockLength(runs), blockLength(others)) },
  );
  const estimates = (of: readonly Float64Array[]): number[] =>
    acrossRuns(of.map((run) => estimatesOf(run, barsPerYear)));
  return intervals(less(estimates(runs), estimates(others)), values);
}

/** Infinite less infinite is taken as no difference. */
function less(one: readonly number[], other: readonly number[]): number[] {
  return one.map((value, which) => (value === other[which] ? 0 : value - other[which]));
}

function intervals(estimates: readonly number[], values: readonly Float64Array[]): MetricIntervals {
  const of = (name: (typeof names)[number]): Interval => {
    const which = names.indexOf(name);
    return percentileInterval(estimates[which], values[which]);
  };
  return {
    sharpe: of("sharpe"),
    annualReturn: of("annualReturn"),
    volatility: of("volatility"),
    maxDrawdown: of("maxDrawdown"),
    sortino: of("sortino"),
    totalReturn: of("totalReturn"),
    calmar: of("calmar"),
    maxDrawdownBars: of("maxDrawdownBars"),
  };
}

/** Means over as many runs as there are, drawn with replacement; a run that is drawn twice is worked out once. */
function acrossDrawnRuns(
  redrawn: readonly Float64Array[],
  statistics: (run: Float64Array) => number[],
  seeds: Rng,
): number[] {
  if (redrawn.length === 1) return statistics(redrawn[0]);
  const perRun: number[][] = [];
  return acrossRuns(
    redrawn.map(() => {
      const run = seeds.integer(redrawn.length);
      return (perRun[run] ??= statistics(redrawn[run]));
    }),
  );
}

function estimatesOf(run: Float64Array, barsPerYear: number): number[] {
  const equity = growth(run);
  const annual = annualReturn(run, barsPerYear);
  const { depth, longestBars } = drawdown(equity);
  return [
    sharpe(run, barsPerYear),
    annual,
    volatility(run, barsPerYear),
    depth,
    sortino(run, barsPerYear),
    equity[run.length] - 1,
    calmar(annual, depth),
    longestBars,
  ];
}

/** Infinite where there was a gain without a drawdown, as the Sortino ratio without a loss. */
function calmar(annual: number, depth: number): number {
  if (depth === 0) return annual > 0 ? Infinity : 0;
  return annual / depth;
}

function blockLength(runs: readonly Float64Array[]): number {
  return Math.max(memory(runs), Math.cbrt(runs[0].length));
}

/** The numbers of `names` in one pass over the returns: a thousand resamples of many runs are mostly memory traffic. */
function inOnePass(returns: Float64Array, barsPerYear: number): number[] {
  const bars = returns.length;
  let total = 0;
  let squares = 0;
  let losses = 0;
  let equity = 1;
  let peak = 1;
  let depth = 0;
  let high = -1;
  let longest = 0;
  for (let t = 0; t < bars; t++) {
    const value = returns[t];
    total += value;
    squares += value * value;
    if (value < 0) losses += value * value;
    equity *= 1 + value;
    if (equity >= peak) {
      peak = equity;
      high = t;
      continue;
    }
    if (t - high > longest) longest = t - high;
    if (peak - equity > depth * peak) depth = 1 - equity / peak;
  }
  const average = total / bars;
  const spread = squares - bars * average * average;
  const deviation = spread > 1e-12 * squares ? Math.sqrt(spread / (bars - 1)) : 0;
  const yearly = Math.sqrt(barsPerYear);
  const annual = equity <= 0 ? -1 : equity ** (barsPerYear / bars) - 1;
  const deepest = Math.min(depth, 1);
  return [
    deviation === 0 ? 0 : (average / deviation) * yearly,
    annual,
    deviation * yearly,
    deepest,
    losses === 0 ? (total > 0 ? Infinity : 0) : (average / Math.sqrt(losses / bars)) * yearly,
    equity - 1,
    calmar(annual, deepest),
    longest,
  ];
}

/** Mean over runs of each statistic, from `[runs][statistics]`. */
function acrossRuns(values: readonly (readonly number[])[]): number[] {
  return values[0].map((_, which) => mean(values.map((value) => value[which])));
}

/** The longest block that the returns, or their squares (volatility comes in clusters), ask for. */
function memory(runs: readonly Float64Array[]): number {
  const average = runs[0].map((_, t) => mean(runs.map((run) => run[t])));
  return Math.max(optimalBlockLength(average), optimalBlockLength(average.map((value) => value * value)));
}

/** Equity from 1, `[T+1]`. */
function growth(returns: Float64Array): Float64Array {
  const equity = new Float64Array(returns.length + 1);
  equity[0] = 1;
  for (let t = 0; t < returns.length; t++) equity[t + 1] = equity[t] * (1 + returns[t]);
  return equity;
}
