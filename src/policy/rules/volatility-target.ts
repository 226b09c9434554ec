/** @file Buy and hold at a steady risk: less of an instrument the more it moves. */
import type { Decision, Observation, Policy } from "../policy.ts";
import { recentCloses } from "./recent-closes.ts";

export interface VolatilityTarget {
  /** Deviation of returns a year that is aimed at, e.g. 0.1. */
  readonly target: number;
  /** Returns that the deviation is measured on. */
  readonly bars: number;
  readonly barsPerYear: number;
}

/**
 * Holds min(1, target / σ) of each instrument's equal share, σ the deviation (n − 1) of its last `bars` simple returns, a year;
 * no leverage. Harvey et al., The Impact of Volatility Targeting, 2018, aim at 10 % a year; 20 bars are RiskMetrics' monthly
 * window. Before that many returns it holds nothing. `history` as in the moving-average cross.
 */
export function volatilityTarget(
  { target, bars, barsPerYear }: VolatilityTarget,
  history: readonly (readonly number[])[],
): Policy {
  const closes = recentCloses(history, bars + 1);
  return {
    name: `volatility target ${100 * target} %`,
    act(seen: Observation): Decision {
      closes.add(seen.bars);
      const share = 1 / closes.each.length;
      const weights = closes.each.map((series) => {
        if (series.length <= bars) return 0;
        const yearly = deviationOfReturns(series) * Math.sqrt(barsPerYear);
        return yearly > target ? (share * target) / yearly : share;
      });
      return { weights };
    },
  };
}

function deviationOfReturns(series: readonly number[]): number {
  const count = series.length - 1;
  let [sum, squares] = [0, 0];
  for (let t = 1; t <= count; t++) sum += series[t] / series[t - 1] - 1;
  for (let t = 1; t <= count; t++) squares += (series[t] / series[t - 1] - 1 - sum / count) ** 2;
  return Math.sqrt(squares / (count - 1));
}
