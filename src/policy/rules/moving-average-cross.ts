/** @file The oldest trend rule: long while the fast average of the closes is above the slow one, else flat. */
import type { Decision, Observation, Policy } from "../policy.ts";
import { recentCloses } from "./recent-closes.ts";

/**
 * Simple moving averages of `fastBars` and `slowBars` closes (Brock, Lakonishok and LeBaron, 1992, use 50 and 200).
 * `history` are closes `[I][…]` before the first bar it acts on, so that it needs no warm-up in a test span.
 */
export function movingAverageCross(
  fastBars: number,
  slowBars: number,
  history: readonly (readonly number[])[],
): Policy {
  const closes = recentCloses(history, slowBars);
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    name: `moving averages ${fastBars}/${slowBars}`,
    act({ bars }: Observation): Decision {
      closes.add(bars);
      const long = closes.each.map(
        (series) => series.length === slowBars && average(series.slice(-fastBars)) > average(series),
      );
      return { weights: long.map((yes) => (yes ? 1 / bars.length : 0)) };
    },
  };
}
