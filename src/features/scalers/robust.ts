/** @file Robust: the median and the interquartile range, which no few outliers move. */
import type { ColumnScale } from "./column-scale.ts";
import { negligibleIn, quantile, standardDeviation } from "./moments.ts";

const normalInterquartileRange = 1.349;

/**
 * (x − median) / (interquartile range / 1.349), in standard deviations of a normal distribution with that range. More than
 * half of a column may be one value (a volume feature without volume): then the range is 0 and the standard deviation
 * stands in; a column that is constant but for rounding has scale 1.
 */
export function robust(sorted: Float64Array): ColumnScale {
  return { warp: { kind: "none" }, centre: quantile(sorted, 0.5), scale: robustScale(sorted) };
}

function robustScale(sorted: Float64Array): number {
  const negligible = negligibleIn(sorted);
  const range = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / normalInterquartileRange;
  if (range > negligible) return range;
  const deviation = standardDeviation(sorted);
  return deviation > negligible ? deviation : 1;
}
