/** @file Confidence intervals for the metrics of a contender. */
import type { Blocks } from "#base/blocks.ts";
import { optimalBlockLength, redraw } from "#base/blocks.ts";
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import type { Activity } from "./activity.ts";
import { activityMetrics, activityStatistics, activitySums } from "./activity.ts";
import type { Interval } from "./bootstrap.ts";
import { percentileInterval, resampledBlocks } from "./bootstrap.ts";
import { annualReturn, drawdown, mean, sharpe, sortino, tripMetrics, volatility } from "./metrics.ts";

/** One run of a contender. */
export interface Track {
  /** Simple returns per bar, `[T]`. */
  readonly returns: Float64Array;
  /** Of the same bars; absent where nobody kept it. */
  readonly activity?: Activity | undefined;
}

/** The metrics that have an interval. */
export interface MetricIntervals {
  readonly sharpe: Interval;
  readonly annualReturn: Interval;
  readonly volatility: Interval;
  readonly maxDrawdown: Interval;
  readonly sortino: Interval;
  readonly totalReturn: Interval;
  readonly calmar: Interval;
  readonly maxDrawdownBars: Interval;
  /** These are absent where the activity of a run is. */
  readonly exposure?: Interval;
  readonly grossExposure?: Interval;
  readonly netExposure?: Interval;
  readonly trades?: Interval;
  readonly turnover?: Interval;
  readonly costs?: Interval;
  readonly finalEquity?: Interval;
  /** Absent where there was no gain before costs; a bound without limit where resamples had none. */
  readonly costShare?: Interval;
  /** Of the round trips of all runs; also absent where a run closed fewer than `leastTrips` on average. */
  readonly winRate?: Interval;
  /** A bound without limit where resamples hold no loss. */
  readonly profitFactor?: Interval;
  readonly expectancyMoney?: Interval;
  readonly expectancyReturn?: Interval;
}

/** Fewer round trips a run say nothing of what round trips earn. */
export const leastTrips = 30;

/** In the order of `inOnePass`. */
const ofReturns = [
  "sharpe",
  "annualReturn",
  "volatility",
  "maxDrawdown",
  "sortino",
  "totalReturn",
  "calmar",
  "maxDrawdownBars",
] as const satisfies readonly (keyof MetricIntervals)[];

/** As the statistics of a contender come. */
const names = [
  ...ofReturns,
  ...activityMetrics,
  "finalEquity",
  "costShare",
  "winRate",
  "profitFactor",
  "expectancyMoney",
  "expectancyReturn",
] as const satisfies readonly (keyof MetricIntervals)[];

export interface IntervalOptions {
  readonly barsPerYear: number;
  readonly rng: Rng;
  readonly resamples?: number;
}

/**
 * 95 % percentile intervals by the stationary bootstrap for the mean over runs of each metric; the bars of all runs are
 * redrawn together, and with several runs these are drawn too. What was held, traded and paid is redrawn in longer blocks than
 * returns where it has the longer memory, as positions have. For the drawdown it is the range of drawdowns that the same
 * returns give in another order, not centred on the one that happened. The verdict's interval of Sharpe is a wider one; where
 * both are at hand, show the verdict's.
 */
export function metricIntervals(tracks: readonly Track[], options: IntervalOptions): MetricIntervals {
  const [values] = redrawnMetrics([tracks], options);
  const estimates = estimatesOf(tracks, options.barsPerYear);
  return intervals(estimates, values, estimates[placeOf("trades")]);
}

/**
 * 95 % percentile intervals of each metric of `tracks` less that of `others`: both are redrawn with the same blocks of time
 * (paired), and the runs of each by themselves.
 */
export function metricDifferences(
  tracks: readonly Track[],
  others: readonly Track[],
  options: IntervalOptions,
): MetricIntervals {
  const [values, otherValues] = redrawnMetrics([tracks, others], options);
  const [estimates, otherEstimates] = [tracks, others].map((of) => estimatesOf(of, options.barsPerYear));
  const known = Math.min(values.length, otherValues.length);
  return intervals(
    estimates.slice(0, known).map((value, which) => less(value, otherEstimates[which])),
    values.slice(0, known).map((of, which) => of.map((value, n) => less(value, otherValues[which][n]))),
    Math.min(estimates[placeOf("trades")], otherEstimates[placeOf("trades")]),
  );
}

/** Infinite less infinite is taken as no difference. */
function less(value: number, other: number): number {
  return value === other ? 0 : value - other;
}

function placeOf(name: (typeof names)[number]): number {
  return names.indexOf(name);
}

/**
 * Those of returns alone where there are no more values.
 * @param trips that a run closed, on average
 */
function intervals(
  estimates: readonly number[],
  values: readonly Float64Array[],
  trips: number | undefined,
): MetricIntervals {
  const of = (name: (typeof names)[number]): Interval => {
    const which = placeOf(name);
    return percentileInterval(estimates[which], values[which]);
  };
  const isActive = estimates.length > ofReturns.length;
  return {
    sharpe: of("sharpe"),
    annualReturn: of("annualReturn"),
    volatility: of("volatility"),
    maxDrawdown: of("maxDrawdown"),
    sortino: of("sortino"),
    totalReturn: of("totalReturn"),
    calmar: of("calmar"),
    maxDrawdownBars: of("maxDrawdownBars"),
    ...(isActive && {
      exposure: of("exposure"),
      grossExposure: of("grossExposure"),
      netExposure: of("netExposure"),
      trades: of("trades"),
      turnover: of("turnover"),
      costs: of("costs"),
      finalEquity: of("finalEquity"),
    }),
    ...(isActive && Number.isFinite(estimates[placeOf("costShare")]) && { costShare: of("costShare") }),
    ...(isActive &&
      trips !== undefined &&
      trips >= leastTrips && {
        winRate: of("winRate"),
        profitFactor: of("profitFactor"),
        expectancyMoney: of("expectancyMoney"),
        expectancyReturn: of("expectancyReturn"),
      }),
  };
}

/** Of each contender the values of its `names` over the same resamples, `[contenders][names][resamples]`. */
function redrawnMetrics(
  contenders: readonly (readonly Track[])[],
  { barsPerYear, rng, resamples = 1000 }: IntervalOptions,
): Float64Array[][] {
  const bars = contenders[0][0].returns.length;
  invariant(
    contenders.every((tracks) => tracks.every(({ returns }) => returns.length === bars)),
    "tracks that are redrawn together have the same bars",
  );
  const seeds = rng.fork("seeds");
  const blockLengthBars = Math.max(...contenders.map(blockLength));
  const longer = Math.max(blockLengthBars, ...contenders.map(activityMemory));
  const ofBars: RedrawnBars = {
    returns: resampledBlocks(bars, { rng, resamples, blockLengthBars }),
    activity: resampledBlocks(bars, { rng: rng.fork("activity"), resamples, blockLengthBars: longer }),
  };
  const picks = ofBars.returns.map(() => contenders.map((tracks) => drawnRuns(tracks.length, seeds)));
  return contenders.map((tracks, which) =>
    redrawnMeans(
      tracks,
      ofBars,
      picks.map((of) => of[which]),
      barsPerYear,
    ),
  );
}

/** Blocks of each resample: of what returns decide, and of what positions do. */
interface RedrawnBars {
  readonly returns: readonly Blocks[];
  readonly activity: readonly Blocks[];
}

/** How often each run is taken: as many as there are, drawn with replacement; a single one is always taken. */
function drawnRuns(runs: number, seeds: Rng): Uint32Array {
  const times = new Uint32Array(runs);
  for (let n = 0; n < runs; n++) times[runs === 1 ? 0 : seeds.integer(runs)]++;
  return times;
}

/**
 * Means over the runs that each resample takes. Each run goes through all resamples before the next one: what many runs did is
 * more than a processor keeps at hand.
 */
function redrawnMeans(
  tracks: readonly Track[],
  { returns: ofReturnBlocks, activity: ofActivityBlocks }: RedrawnBars,
  picks: readonly Uint32Array[],
  barsPerYear: number,
): Float64Array[] {
  const isActive = areActive(tracks);
  const redrawn = new Float64Array(tracks[0].returns.length);
  const width = ofReturns.length + (isActive ? activityMetrics.length + activitySums.length : 0);
  const sums = picks.map(() => new Float64Array(width));
  for (const [run, { returns, activity }] of tracks.entries()) {
    const active = isActive && activity && activityStatistics(activity, barsPerYear);
    for (const [resample, times] of picks.entries()) {
      const share = times[run] / tracks.length;
      if (share === 0) continue;
      redraw(returns, ofReturnBlocks[resample], redrawn);
      addTo(sums[resample], 0, share, inOnePass(redrawn, barsPerYear));
      if (active) addTo(sums[resample], ofReturns.length, share, active(ofActivityBlocks[resample]));
    }
  }
  const means = sums.map((of) => completed([...of], tracks));
  return means[0].map((_, which) => Float64Array.from(means, (of) => of[which]));
}

/** Adds a share of each value to the sums from a place on. */
function addTo(sums: Float64Array, first: number, share: number, values: readonly number[]): void {
  for (let n = 0; n < values.length; n++) sums[first + n] += share * values[n];
}

/** The metrics themselves, in the order of `names`. */
function estimatesOf(tracks: readonly Track[], barsPerYear: number): number[] {
  const bars = tracks[0].returns.length;
  const history = { count: 1, start: new Int32Array([0]), length: new Int32Array([bars]) };
  const isActive = areActive(tracks);
  const means = acrossRuns(
    tracks.map(({ returns, activity }) => [
      ...metricsOf(returns, barsPerYear),
      ...(isActive && activity ? activityStatistics(activity, barsPerYear)(history) : []),
    ]),
  );
  return completed(means, tracks);
}

function areActive(tracks: readonly Track[]): boolean {
  return tracks.every(({ activity }) => activity !== undefined);
}

/**
 * With the final equity that the total return makes of the capital; and as of all runs in one account with costs over the gain before
 * costs, infinite where there was no such gain, and with what round trips earned.
 */
function completed(means: number[], [{ activity }]: readonly Track[]): number[] {
  if (means.length === ofReturns.length || activity === undefined) return means;
  const finalEquity = activity.equity[0] * (1 + means[placeOf("totalReturn")]);
  const summed = ofReturns.length + activityMetrics.length;
  const [gain, wins, returns, won, lost] = means.slice(summed);
  const [closed, costs] = [means[placeOf("trades")], means[placeOf("costs")]];
  const trips = tripMetrics({ closed, wins, won, lost, returns });
  return [
    ...means.slice(0, summed),
    finalEquity,
    gain > 0 ? costs / gain : Infinity,
    trips.winRate ?? 0,
    trips.profitFactor ?? (won > 0 ? Infinity : 0),
    trips.expectancyMoney ?? 0,
    trips.expectancyReturn ?? 0,
  ];
}

/** In the order of `ofReturns`. */
function metricsOf(run: Float64Array, barsPerYear: number): number[] {
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

function blockLength(tracks: readonly Track[]): number {
  const runs = tracks.map(({ returns }) => returns);
  return Math.max(memory(runs), Math.cbrt(runs[0].length));
}

/** The numbers of `ofReturns` in one pass over the returns: a thousand resamples of many runs are mostly memory traffic. */
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
  const average = meanOverRuns(runs);
  return Math.max(optimalBlockLength(average), optimalBlockLength(average.map((value) => value * value)));
}

/** The longest block that what was held, traded and paid asks for; 1 where nobody kept it. */
function activityMemory(tracks: readonly Track[]): number {
  if (!areActive(tracks)) return 1;
  const activities = tracks.flatMap(({ activity }) => activity ?? []);
  const held = activities.map(({ gross }) => gross.map((weight) => (weight === 0 ? 0 : 1)));
  const net = activities.map((activity) => activity.net);
  const flows = activities.flatMap(({ traded, costs }) => [traded, costs]);
  return Math.max(...[held, net, flows].map((series) => optimalBlockLength(meanOverRuns(series))));
}

function meanOverRuns(runs: readonly Float64Array[]): Float64Array {
  return runs[0].map((_, t) => mean(runs.map((run) => run[t])));
}

/** Equity from 1, `[T+1]`. */
function growth(returns: Float64Array): Float64Array {
  const equity = new Float64Array(returns.length + 1);
  equity[0] = 1;
  for (let t = 0; t < returns.length; t++) equity[t + 1] = equity[t] * (1 + returns[t]);
  return equity;
}
