/** @file A rule of the optimum played in the simulated market, for tests: what it earns there, bar by bar. */
import type { Universe } from "#domain/universe.ts";
import { freeOfCosts } from "../costs.ts";
import { createAccounts, createMarket, startLane, stepLane } from "../world.ts";

/**
 * Log growth of each bar of an account that holds what `rule` says of the state at each close. Without a rebalance band, so
 * that a short position keeps its weight, as the optimum assumes: a winning one would become lighter.
 */
export function playedGrowth(
  universe: Universe,
  stateAt: (t: number) => number,
  rule: (state: number, held: number) => number,
  costFraction: number,
): Float64Array {
  const market = createMarket(universe, { ...freeOfCosts, commissionBps: costFraction * 1e4 }, { rebalanceBand: 0 });
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, 0, 1e6);
  const growth = new Float64Array(market.bars - 1);
  let held = 0;
  for (let t = 0; t < growth.length; t++) {
    held = rule(stateAt(t), held);
    const before = accounts.equity[0];
    growth[t] = Math.log(stepLane(market, accounts, 0, [held], 0) / before);
  }
  return growth;
}

/** Mean and its standard error from means of batches, which are long enough to be independent. */
export function batchMean(values: Float64Array, batches = 50): { readonly mean: number; readonly error: number } {
  const length = Math.floor(values.length / batches);
  const average = (part: Float64Array): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  const means = Array.from({ length: batches }, (_, b) => average(values.subarray(b * length, (b + 1) * length)));
  const mean = average(Float64Array.from(means));
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (batches - 1);
  return { mean, error: Math.sqrt(variance / batches) };
}
