/** @file The optimum in a market with a planted signal (data/synthetic/planted-signal.ts), at proportional costs. */
import { autoregressionChain, expectedLogGrowth, usualPoints } from "./autoregression.ts";
import type { Optimum } from "./optimum.ts";
import { optimalGrowth } from "./optimum.ts";

export interface PlantedSignal {
  /** Standard deviation of a bar's log return. */
  readonly volatility: number;
  /** Correlation of the signal at a close with the log return of the next bar. */
  readonly correlation: number;
  /** Correlation of the signal from one bar to the next. */
  readonly persistence: number;
  /** A normal number, or −1 or 1. */
  readonly form: "normal" | "sign";
}

/**
 * The best rule over (signal, held level), where a trade costs `costFraction` of its value (commission plus half the spread).
 * Its state is the signal. Known without costs: of the levels 0 and 1, hold where the signal is positive, and earn
 * ρσ/√(2π) a bar (`normal`) or ρσ/2 (`sign`).
 * @param points of the grid of a normal signal
 * @throws Failure config/invalid where a level could be ruined in one bar
 */
export function plantedSignalOptimum(
  { volatility, correlation, persistence, form }: PlantedSignal,
  costFraction: number,
  levels: readonly number[],
  points = usualPoints(persistence),
): Optimum {
  const noise = volatility * Math.sqrt(1 - correlation * correlation);
  const growth = (signal: number, weight: number): number =>
    expectedLogGrowth(weight, correlation * volatility * signal, noise);
  const chain = form === "normal" ? autoregressionChain(persistence, points) : signChain(persistence);
  return optimalGrowth({ ...chain, growth, costFraction, levels });
}

/** −1 and 1, each of which stays with the chance (1 + persistence) / 2. */
function signChain(persistence: number): { readonly states: Float64Array; readonly transition: Float64Array } {
  const stays = (1 + persistence) / 2;
  return { states: Float64Array.of(-1, 1), transition: Float64Array.of(stays, 1 - stays, 1 - stays, stays) };
}
