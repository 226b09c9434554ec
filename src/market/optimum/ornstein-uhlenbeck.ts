/** @file The optimum in a market that returns to its mean (data/synthetic/ornstein-uhlenbeck.ts), at proportional costs. */
import { autoregressionChain, expectedLogGrowth, usualPoints } from "./autoregression.ts";
import type { Optimum } from "./optimum.ts";
import { optimalGrowth } from "./optimum.ts";

export interface OrnsteinUhlenbeck {
  /** Standard deviation of a bar's log return without reversion. */
  readonly volatility: number;
  /** Bars in which the log price's deviation from its mean halves. */
  readonly halfLifeBars: number;
}

/** Standard deviation of the log price around its mean in the long run: volatility / √(2κ), κ = ln 2 / halfLifeBars. */
export function stationaryDeviation({ volatility, halfLifeBars }: OrnsteinUhlenbeck): number {
  return volatility / Math.sqrt((2 * Math.LN2) / halfLifeBars);
}

/**
 * The best rule over (deviation, held level), where a trade costs `costFraction` of its value (commission plus half the
 * spread). Its state is the deviation of the log price from its mean, in stationary deviations. Costs open a band in which
 * nothing is traded (Davis and Norman, 1990, for proportional costs in general).
 * @param points of the grid of the deviation
 * @throws Failure config/invalid where a level could be ruined in one bar
 */
export function ornsteinUhlenbeckOptimum(
  law: OrnsteinUhlenbeck,
  costFraction: number,
  levels: readonly number[],
  points?: number,
): Optimum {
  const stationary = stationaryDeviation(law);
  const kept = 2 ** (-1 / law.halfLifeBars);
  const noise = stationary * Math.sqrt(1 - kept * kept);
  const growth = (state: number, weight: number): number =>
    expectedLogGrowth(weight, (kept - 1) * state * stationary, noise);
  const chain = autoregressionChain(kept, points ?? usualPoints(kept));
  return optimalGrowth({ ...chain, growth, costFraction, levels });
}
