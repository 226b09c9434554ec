/** @file Means of many series in the same redrawn histories, from running sums: no resample touches a bar. */
import { drawBlocks, emptyBlocks } from "#base/blocks.ts";
import type { BootstrapSettings } from "../bootstrap.ts";
import { mean } from "../metrics.ts";

/** Mean of each series in each resample less its mean in history, `[K][resamples]`; all series are redrawn together. */
export function resampledMeans(
  series: readonly ArrayLike<number>[],
  { rng, blockLengthBars, resamples }: BootstrapSettings,
): Float64Array[] {
  const bars = series[0].length;
  const sums = series.map((values) => circularSums(values, mean(values)));
  const blocks = emptyBlocks(bars);
  const means = series.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    drawBlocks(rng, bars, blockLengthBars, blocks);
    sums.forEach((running, which) => {
      let total = 0;
      for (let block = 0; block < blocks.count; block++) {
        const from = blocks.start[block];
        total += running[from + blocks.length[block]] - running[from];
      }
      means[which][resample] = total / bars;
    });
  }
  return means;
}

/** Running sums of values less `offset`, twice round, `[2T + 1]`. */
function circularSums(values: ArrayLike<number>, offset: number): Float64Array {
  const bars = values.length;
  const sums = new Float64Array(2 * bars + 1);
  for (let t = 0; t < 2 * bars; t++) sums[t + 1] = sums[t] + (values[t % bars] - offset);
  return sums;
}
