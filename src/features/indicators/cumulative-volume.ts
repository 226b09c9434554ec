/** @file OBV and VPT as they are written in books: sums from the first bar on, for comparison only. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";

/** obv adds the volume of a bar that closes higher, subtracts that of one that closes lower (Granville, 1963); vpt adds volume · (close / close[1] − 1). Both depend on where the series begins. */
export function cumulativeVolume(): Indicator {
  /** Previous close, OBV, VPT. */
  const sums = Float64Array.of(NaN, 0, 0);
  return indicator(["obv", "vpt"], 1, [sums], ({ close, volume }, into, at) => {
    const before = sums[0];
    sums[0] = close;
    sums[1] += close > before ? volume : close < before ? -volume : 0;
    if (!Number.isNaN(before)) sums[2] += (volume * (close - before)) / before;
    into[at] = sums[1];
    into[at + 1] = sums[2];
  });
}
