/** @file Mean reversion by Bollinger bands: buys what fell far below its average, and sells it when it is back there. */
import type { Decision, Observation, Policy } from "../policy.ts";
import { recentCloses } from "./recent-closes.ts";

/**
 * Long an equal share of an instrument from the close that lies below mean − `deviations` · deviation of its last `bars` closes,
 * until one at or above the mean (Bollinger, 2001, uses 20 bars and 2 population deviations). `history` as in the
 * moving-average cross.
 */
export function meanReversion(bars: number, deviations: number, history: readonly (readonly number[])[]): Policy {
  const closes = recentCloses(history, bars);
  const long = history.map(() => false);
  return {
    name: `mean reversion ${bars}/${deviations}`,
    act(seen: Observation): Decision {
      closes.add(seen.bars);
      closes.each.forEach((series, i) => {
        if (series.length < bars) return;
        const mean = series.reduce((sum, value) => sum + value, 0) / bars;
        const variance = series.reduce((sum, value) => sum + (value - mean) ** 2, 0) / bars;
        const close = series[bars - 1];
        if (long[i]) long[i] = close < mean;
        else long[i] = close < mean - deviations * Math.sqrt(variance);
      });
      return { weights: long.map((yes) => (yes ? 1 / long.length : 0)) };
    },
  };
}
