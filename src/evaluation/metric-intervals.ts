/** @file Confidence intervals for the metrics of a contender. */
import type { Rng } from "#base/rng.ts";
import { optimalBlockLength } from "#base/blocks.ts";
import type { Interval } from "./bootstrap.ts";
import { pairedBootstrap, percentileInterval } from "./bootstrap.ts";
import { annualReturn, drawdown, mean, sharpe, sortino, volatility } from "./metrics.ts";

/** The metrics that have an interval. */
export interface MetricIntervals {
  readonly sharpe: Interval;
  readonly annualReturn: Interval;
  readonly volatility: Interval;
  readonly maxDrawdown: Interval;
  readonly sortino: Interval;
}

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
  const bars = runs[0].length;
  const statistics = (run: Float64Array): number[] => inOnePass(run, barsPerYear);
  const seeds = rng.fork("seeds");
  const values = pairedBootstrap(
    runs,
    (redrawn) => {
      if (redrawn.length === 1) return statistics(redrawn[0]);
      // Runs that are drawn twice are worked out once, those that are not drawn never.
      const perRun: number[][] = [];
      return acrossRuns(
        redrawn.map(() => {
          const run = seeds.integer(redrawn.length);
          return (perRun[run] ??= statistics(redrawn[run]));
        }),
      );
    },
    { rng, resamples, blockLengthBars: Math.max(memory(runs), Math.cbrt(bars)) },
  );
  const estimates = acrossRuns(
    runs.map((run) => [
      sharpe(run, barsPerYear),
      annualReturn(run, barsPerYear),
      volatility(run, barsPerYear),
      drawdown(growth(run)).depth,
      sortino(run, barsPerYear),
    ]),
  );
  const interval = (which: number): Interval => percentileInterval(estimates[which], values[which]);
  return {
    sharpe: interval(0),
    annualReturn: interval(1),
    volatility: interval(2),
    maxDrawdown: interval(3),
    sortino: interval(4),
  };
}

/** The same five numbers in one pass over the returns: a thousand resamples of many runs are mostly memory traffic. */
function inOnePass(returns: Float64Array, barsPerYear: number): number[] {
  const bars = returns.length;
  let total = 0;
  let squares = 0;
  let losses = 0;
  let equity = 1;
  let peak = 1;
  let depth = 0;
  for (let t = 0; t < bars; t++) {
    const value = returns[t];
    total += value;
    squares += value * value;
    if (value < 0) losses += value * value;
    equity *= 1 + value;
    if (equity > peak) peak = equity;
    else if (peak - equity > depth * peak) depth = 1 - equity / peak;
  }
  const average = total / bars;
  const spread = squares - bars * average * average;
  const deviation = spread > 1e-12 * squares ? Math.sqrt(spread / (bars - 1)) : 0;
  const yearly = Math.sqrt(barsPerYear);
  return [
    deviation === 0 ? 0 : (average / deviation) * yearly,
    equity <= 0 ? -1 : equity ** (barsPerYear / bars) - 1,
    deviation * yearly,
    Math.min(depth, 1),
    losses === 0 ? (total > 0 ? Infinity : 0) : (average / Math.sqrt(losses / bars)) * yearly,
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
