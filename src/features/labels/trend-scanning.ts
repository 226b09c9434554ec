/** @file Trend scanning: the direction of the most significant straight line that begins at a bar. */
import { invariant } from "#base/invariant.ts";
import type { Bars } from "#domain/bar.ts";
import type { Label, Labels } from "./label.ts";
import { label } from "./label.ts";

export interface TrendScanning {
  /** Shortest line, in bars after the first; at least 2, so that a residual is left. */
  readonly shortestBars: number;
  readonly longestBars: number;
}

/**
 * Sign of the slope of closeₜ … closeₜ₊ₗ on 0 … l for the l from `shortestBars` to `longestBars` at which its |t| is
 * largest; 0 for a price that does not move (López de Prado, Machine Learning for Asset Managers, 2020, §5.4). The label
 * ends at bar t + `longestBars`, not at the chosen one: the choice looked at all of them.
 */
export function trendScanningLabels({ close }: Bars, { shortestBars, longestBars }: TrendScanning): Labels {
  invariant(
    Number.isInteger(shortestBars) && Number.isInteger(longestBars) && shortestBars >= 2 && longestBars >= shortestBars,
    "a trend spans at least 2 bars after its first",
    { shortestBars, longestBars },
  );
  return Array.from(close, (_, t): Label | undefined => {
    if (t + longestBars >= close.length) return undefined;
    let strongest = 0;
    for (let bars = shortestBars; bars <= longestBars; bars++) {
      const statistic = slopeStatistic(close, t, bars);
      if (Math.abs(statistic) > Math.abs(strongest)) strongest = statistic;
    }
    return label(Math.sign(strongest), t + longestBars);
  });
}

/**
 * t of the slope of an ordinary least-squares line through closeₜ … closeₜ₊ₗ: slope / √(Σ residual² / (n − 2) / Σ(x − x̄)²)
 * with n = l + 1; ±Infinity for a line without residual, 0 for one without slope.
 */
export function slopeStatistic(close: Float64Array, t: number, bars: number): number {
  const count = bars + 1;
  const origin = close[t];
  const middle = bars / 2;
  let mean = 0;
  for (let x = 0; x < count; x++) mean += (close[t + x] - origin) / count;
  let products = 0;
  let squares = 0;
  for (let x = 0; x < count; x++) {
    products += (x - middle) * (close[t + x] - origin - mean);
    squares += (x - middle) ** 2;
  }
  const slope = products / squares;
  if (slope === 0) return 0;
  let residual = 0;
  for (let x = 0; x < count; x++) residual += (close[t + x] - origin - mean - slope * (x - middle)) ** 2;
  return slope / Math.sqrt(residual / (count - 2) / squares);
}
