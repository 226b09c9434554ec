/** @file Standard: the mean and the standard deviation. */
import type { ColumnScale } from "./column-scale.ts";
import { meanOf, negligibleIn, standardDeviation } from "./moments.ts";

/** (x − mean) / standard deviation, of the rows as a whole population. */
export function standard(sorted: Float64Array): ColumnScale {
  const deviation = standardDeviation(sorted);
  return {
    warp: { kind: "none" },
    centre: meanOf(sorted),
    scale: deviation > negligibleIn(sorted) ? deviation : 1,
  };
}
