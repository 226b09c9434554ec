/** @file How else the equity could have gone: a band around it, by redrawing blocks of the returns. */
import { optimalBlockLength } from "#base/blocks.ts";
import { blockIndices, drawBlocks, emptyBlocks } from "#base/blocks.ts";
import type { Rng } from "#base/rng.ts";
import { percentileInterval } from "./bootstrap.ts";
import { mean } from "./metrics.ts";

export interface EquityBand {
  /** Points of the curve at which the band is told, the first and the last among them. */
  readonly at: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Share of the redrawn curves between the two, at each point for itself. */
  readonly confidence: number;
  readonly resamples: number;
}

/** A screen shows no more. */
const mostPoints = 200;

/**
 * The middle 95 % of the equity at each point, over resamples of the returns by the stationary bootstrap; each also draws which of
 * the runs it is made from. It is what the same returns would have given in another order and number: wide where luck could
 * have made much of the result. Points are taken one by one, so more than 5 % of whole curves leave the band somewhere.
 * @param runs simple returns per bar, `[T]` each
 */
export function equityBand(
  runs: readonly Float64Array[],
  capital: number,
  { rng, resamples = 500 }: { readonly rng: Rng; readonly resamples?: number },
): EquityBand {
  const confidence = 0.95;
  const bars = runs[0].length;
  const at = places(bars);
  const average = runs[0].map((_, t) => mean(runs.map((run) => run[t])));
  const length = Math.max(optimalBlockLength(average), Math.cbrt(bars));
  const blocks = emptyBlocks(bars);
  const indices = new Int32Array(bars);
  const values = at.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    drawBlocks(rng, bars, length, blocks);
    blockIndices(blocks, indices);
    const run = runs[runs.length === 1 ? 0 : rng.integer(runs.length)];
    let equity = capital;
    let place = 0;
    for (let t = 0; t <= bars; t++) {
      if (t > 0) equity *= 1 + run[indices[t - 1]];
      if (at[place] === t) values[place++][resample] = equity;
    }
  }
  const bounds = values.map((value) => percentileInterval(0, value, confidence));
  return {
    at,
    lower: bounds.map(({ lower }) => lower),
    upper: bounds.map(({ upper }) => upper),
    confidence,
    resamples,
  };
}

/** Evenly from 0 to `bars`. */
function places(bars: number): number[] {
  const steps = Math.min(bars, mostPoints);
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * bars) / steps));
}
