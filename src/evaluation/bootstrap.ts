/** @file The stationary bootstrap: what else could have happened, by redrawing blocks of time that keep the series' memory. */
import type { Blocks } from "#base/blocks.ts";
import { drawBlocks, emptyBlocks, redraw } from "#base/blocks.ts";
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { mean } from "./metrics.ts";

export interface Interval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
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

/** The blocks of each resample of so many bars. */
export function resampledBlocks(bars: number, { rng, blockLengthBars, resamples }: BootstrapSettings): Blocks[] {
  const blocks = emptyBlocks(bars);
  return Array.from({ length: resamples }, () => {
    drawBlocks(rng, bars, blockLengthBars, blocks);
    const { count, start, length } = blocks;
    return { count, start: start.slice(0, count), length: length.slice(0, count) };
  });
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
  const redrawn = series.map(() => new Float64Array(bars));
  const values: Float64Array[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    drawBlocks(rng, bars, blockLengthBars, blocks);
    series.forEach((from, which) => redraw(from, blocks, redrawn[which]));
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
  return share === 0 || low === sorted[below + 1] || low === -Infinity ? low : low + share * (sorted[below + 1] - low);
}

/** The middle `confidence` of the resampled values. */
export function percentileInterval(estimate: number, values: Float64Array, confidence = 0.95): Interval {
  const sorted = values.toSorted();
  const tail = (1 - confidence) / 2;
  return { estimate, lower: quantile(sorted, tail), upper: quantile(sorted, 1 - tail) };
}
