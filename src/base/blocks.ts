/** @file Blocks of a series that keep its memory when it is redrawn: the stationary bootstrap's blocks, and how long they should be. */
import type { Rng } from "./rng.ts";

/** One resample of a series: block j is `length[j]` bars long, starts at bar `start[j]` and wraps round at the series' end. */
export interface Blocks {
  count: number;
  readonly start: Int32Array;
  readonly length: Int32Array;
}

/** Room for any resample that is `bars` bars long. */
export function emptyBlocks(bars: number): Blocks {
  return { count: 0, start: new Int32Array(bars), length: new Int32Array(bars) };
}

/**
 * Draws one resample (Politis and Romano, 1994, The Stationary Bootstrap): blocks start anywhere with equal chance and
 * have geometric lengths of mean `blockLengthBars`; the last one is cut so that the lengths add up to `wanted`, usually as
 * many as the series has.
 */
export function drawBlocks(rng: Rng, bars: number, blockLengthBars: number, into: Blocks, wanted = bars): void {
  const logStay = blockLengthBars > 1 ? Math.log(1 - 1 / blockLengthBars) : -Infinity;
  let filled = 0;
  into.count = 0;
  while (filled < wanted) {
    const drawn = 1 + Math.floor(Math.log(1 - rng.uniform()) / logStay);
    const length = Math.min(drawn, wanted - filled);
    into.start[into.count] = rng.integer(bars);
    into.length[into.count] = length;
    into.count++;
    filled += length;
  }
}

/** The bar indices of a resample, in their order; the series has `bars` bars, usually as many as are asked for. */
export function blockIndices(blocks: Blocks, into: Int32Array, bars = into.length): void {
  let at = 0;
  for (let block = 0; block < blocks.count; block++) {
    const start = blocks.start[block];
    for (let step = 0; step < blocks.length[block]; step++) {
      const index = start + step;
      into[at++] = index < bars ? index : index - bars;
    }
  }
}

/** A series `[T]` as a resample of as many bars has it. */
export function redraw(series: Float64Array, blocks: Blocks, into: Float64Array): void {
  let at = 0;
  for (let block = 0; block < blocks.count; block++) {
    const first = blocks.start[block];
    const end = first + blocks.length[block];
    const cut = Math.min(end, series.length);
    for (let t = first; t < cut; t++) into[at++] = series[t];
    for (let t = 0; t < end - cut; t++) into[at++] = series[t];
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
  let sum = 0;
  for (let t = 0; t < bars; t++) sum += series[t];
  const average = sum / bars;
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
