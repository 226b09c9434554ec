/** @file Time-series momentum: long what has risen over the past year, else flat. */
import type { Decision, Observation, Policy } from "../policy.ts";
import { recentCloses } from "./recent-closes.ts";

/**
 * Long an equal share of each instrument whose close is above that of `lookbackBars` ago (Moskowitz, Ooi and Pedersen, 2012, use
 * the sign of the past 12 months: 252 daily bars; short positions are left out, as not every account may hold them).
 * `history` as in the moving-average cross.
 */
export function momentum(lookbackBars: number, history: readonly (readonly number[])[]): Policy {
  const closes = recentCloses(history, lookbackBars + 1);
  return {
    name: `momentum ${lookbackBars}`,
    act({ bars }: Observation): Decision {
      closes.add(bars);
      const long = closes.each.map((series) => series.length === lookbackBars + 1 && series[lookbackBars] > series[0]);
      return { weights: long.map((yes) => (yes ? 1 / bars.length : 0)) };
    },
  };
}
