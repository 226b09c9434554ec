/** @file The stationary bootstrap: what else could have happened, by redrawing blocks of time that keep the series' memory. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { mean } from "./metrics.ts";

export interface Interval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** One resample of `T` bars: block j is `length[j]` bars long, starts at bar `start[j]` and wraps round at the end. */
export interface Blocks {
  count: number;
  readonly start: Int32Array;
  readonly length: Int32Array;
}

/** Room for any resample of `bars` bars. */
export function emptyBlocks(bars: number): Blocks {
  return { count: 0, start: new Int32Array(bars), length: new Int32Array(bars) };
}

/**
 * Draws one resample (Politis and Romano, 1994, The Stationary Bootstrap): blocks start anywhere with equal chance and
 * have geometric lengths of mean `blockLengthBars`; the last one is cut so that the lengths add up to `bars`.
 */
export function drawBlocks(rng: Rng, bars: number, blockLengthBars: number, into: Blocks): void {
  const logStay = blockLengthBars > 1 ? Math.log(1 - 1 / blockLengthBars) : -Infinity;
  let filled = 0;
  into.count = 0;
  while (filled < bars) {
    const drawn = 1 + Math.floor(Math.log(1 - rng.uniform()) / logStay);
    const length = Math.min(drawn, bars - filled);
    into.start[into.count] = rng.integer(bars);
    into.length[into.count] = length;
    into.count++;
    filled += length;
  }
}

/** The bar indices of a resample, `[T]`, in their order. */
export function blockIndices(blocks: Blocks, into: Int32Array): void {
  const bars = into.length;
  let at = 0;
  for (let block = 0; block < blocks.count; block++) {
    const start = blocks.start[block];
    for (let step = 0; step < blocks.length[block]; step++) {
      const index = start + step;
      into[at++] = index < bars ? index : index - bars;
    }
  }
}

/**
 * Mean block length that minimises the error of the bootstrap's variance of a mean: (2 G² / D)^(1/3) · T^(1/3) with
 * G = Σ λ(k/M) |k| R(k), D = 2 g(0)², flat-top weights λ and autocovariances R (Politis and White, 2004, with the
 * correction of Patton, Politis and White, 2009). At least 1 bar, at most min(3√T, T/3); 1 where the series is constant.
 * The lag M is chosen as in `arch.bootstrap.optimal_block_length`, so that the two agree.
 */
export function optimalBlockLength(series: ArrayLike<number>): number {
  const bars = series.length;
  if (bars < 9) return 1;
  const longest = Math.ceil(Math.min(3 * Math.sqrt(bars), bars / 3));
  const quietLags = Math.max(5, Math.floor(Math.log10(bars)));
  const lastLag = Math.min(Math.ceil(Math.sqrt(bars)) + quietLags, bars - 2);
  const { covariance, correlation } = autocovariances(series, lastLag);
  if (!(covariance[0] > 0)) return 1;
  const quiet = 2 * Math.sqrt(Math.log10(bars) / bars);
  const memory = firstQuietLag(correlation, quietLags, quiet);
  const cutoff = memory === undefined ? lastLag : Math.min(2 * Math.max(memory, 1), lastLag);
  let slope = 0;
  let longRun = covariance[0];
  for (let lag = 1; lag <= cutoff; lag++) {
    const weight = lag / cutoff <= 0.5 ? 1 : 2 * (1 - lag / cutoff);
    slope += 2 * weight * lag * covariance[lag];
    longRun += 2 * weight * covariance[lag];
  }
  if (longRun === 0) return longest;
  const length = Math.cbrt((slope * slope) / (longRun * longRun)) * Math.cbrt(bars);
  return Math.min(Math.max(length, 1), longest);
}

/** Autocovariances R(0…lastLag), divided by T, and absolute autocorrelations of the parts that stay when the ends are cut. */
function autocovariances(
  series: ArrayLike<number>,
  lastLag: number,
): { readonly covariance: Float64Array; readonly correlation: Float64Array } {
  const bars = series.length;
  const average = mean(series);
  const centred = Float64Array.from(series, (value) => value - average);
  const covariance = new Float64Array(lastLag + 1);
  const correlation = new Float64Array(lastLag + 1);
  let early = 0;
  for (const value of centred) early += value * value;
  let late = early;
  for (let lag = 0; lag <= lastLag; lag++) {
    early -= centred[bars - 1 - lag] ** 2;
    late -= centred[lag] ** 2;
    let product = 0;
    for (let t = lag; t < bars; t++) product += centred[t] * centred[t - lag];
    covariance[lag] = product / bars;
    correlation[lag] = Math.abs(product) / Math.sqrt(Math.max(early * late, Number.MIN_VALUE));
  }
  return { covariance, correlation };
}

/** First lag from which `quietLags` autocorrelations in a row cannot be told from zero. */
function firstQuietLag(correlation: Float64Array, quietLags: number, quiet: number): number | undefined {
  for (let lag = 1; lag + quietLags < correlation.length; lag++) {
    if (correlation.subarray(lag, lag + quietLags).every((value) => value < quiet)) return lag;
  }
  return undefined;
}

/**
 * Variance of the mean of a series under the stationary bootstrap, without drawing (Politis and Romano, 1994, lemma 1):
 * (C(0) + 2 Σ (1 − i/T)(1 − p)ⁱ C(i)) / T with p = 1 / blockLengthBars and C the circular autocovariances.
 */
export function bootstrapVariance(series: ArrayLike<number>, blockLengthBars: number): number {
  const bars = series.length;
  const average = mean(series);
  const centred = Float64Array.from(series, (value) => value - average);
  const stay = 1 - 1 / blockLengthBars;
  let variance = 0;
  for (let lag = 0; lag < bars; lag++) {
    const share = lag === 0 ? 1 : 2 * (1 - lag / bars) * stay ** lag;
    if (share < 1e-9) break;
    let product = 0;
    for (let t = 0; t < bars; t++) product += centred[t] * centred[t < lag ? t - lag + bars : t - lag];
    variance += (share * product) / bars;
  }
  return Math.max(variance, 0) / bars;
}

export interface BootstrapSettings {
  readonly rng: Rng;
  readonly blockLengthBars: number;
  readonly resamples: number;
}

/**
 * Values of `statistics` over resamples, one array `[resamples]` per statistic. Paired: every series, `[T]` each, is
 * redrawn with the same indices, so that what moves them together still does. `statistics` must keep no reference to
 * the arrays that it is given.
 */
export function pairedBootstrap(
  series: readonly Float64Array[],
  statistics: (resampled: readonly Float64Array[], resample: number) => readonly number[],
  { rng, blockLengthBars, resamples }: BootstrapSettings,
): Float64Array[] {
  const bars = series[0].length;
  invariant(
    series.every(({ length }) => length === bars),
    "series that are redrawn together have the same bars",
  );
  const blocks = emptyBlocks(bars);
  const indices = new Int32Array(bars);
  const redrawn = series.map(() => new Float64Array(bars));
  const values: Float64Array[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    drawBlocks(rng, bars, blockLengthBars, blocks);
    blockIndices(blocks, indices);
    series.forEach((from, which) => {
      const to = redrawn[which];
      for (let t = 0; t < bars; t++) to[t] = from[indices[t]];
    });
    statistics(redrawn, resample).forEach((value, which) => {
      values[which] ??= new Float64Array(resamples);
      values[which][resample] = value;
    });
  }
  return values;
}

/** The value below which a share `p` of an ascending series lies, with linear interpolation between neighbours. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const share = place - below;
  const low = sorted[below];
  // Equal neighbours may be infinite, and ∞ − ∞ is not a number.
  return share === 0 || low === sorted[below + 1] ? low : low + share * (sorted[below + 1] - low);
}

/** The middle `confidence` of the resampled values. */
export function percentileInterval(estimate: number, values: Float64Array, confidence = 0.95): Interval {
  const sorted = values.toSorted();
  const tail = (1 - confidence) / 2;
  return { estimate, lower: quantile(sorted, tail), upper: quantile(sorted, 1 - tail) };
}
