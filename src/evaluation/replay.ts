/** @file A backtest played again in the simulated market: what each of its bars would have been paid in training. */
import { isSamePosition } from "#domain/leg.ts";
import { signedUnits } from "#domain/order.ts";
import { freeAccount } from "#market/account-rules.ts";
import { positionNames } from "#market/positions.ts";
import type { WeightedTerm } from "#market/reward.ts";
import { rewarding } from "#market/trading-env.ts";
import { createAccounts, createMarket, startLane } from "#market/world.ts";
import type { Backtest, BacktestSetting } from "./backtest.ts";

/** Signed units that a backtest traded in each bar after its first, `[to − from − 1][P]`. */
export function ordersOf({ fills, curve }: Backtest, setting: BacktestSetting): Float64Array {
  const { universe, from, rules = freeAccount } = setting;
  const { instruments, openTime } = universe;
  const names = positionNames(instruments, rules);
  const orders = new Float64Array((curve.equity.length - 1) * names.length);
  let bar = from + 1;
  for (const fill of fills) {
    while (openTime[bar] < fill.filledAt) bar++;
    const p = names.findIndex((name) => isSamePosition(name, fill));
    orders[(bar - from - 1) * names.length + p] += signedUnits(fill);
  }
  return orders;
}

/** What rounding may part a replay from its backtest by, as a share of equity. */
const tolerance = 1e-6;

/**
 * The reward of each bar of a backtest, `[T]`. Undefined where the replay does not end up with the same equity in every bar: orders
 * that rested and filled within a bar, or that were late or refused, cannot be played again at the open.
 */
export function replayedRewards(
  backtest: Backtest,
  setting: BacktestSetting,
  reward: readonly WeightedTerm[],
): Float64Array | undefined {
  const { universe, from, costs, sizing, rules, capital } = setting;
  const market = createMarket(universe, costs, sizing, rules);
  const orders = ordersOf(backtest, setting);
  const accounts = createAccounts(market, 1);
  const paid = rewarding(reward, 1);
  startLane(market, accounts, 0, from, capital);
  paid.begin(0);
  const rewards = new Float64Array(orders.length / market.positions);
  for (let step = 0; step < rewards.length; step++) {
    const wanted = orders.slice(step * market.positions, (step + 1) * market.positions);
    rewards[step] = paid.step(market, accounts, 0, wanted, capital, step + 1);
    const expected = backtest.curve.equity[step + 1];
    if (Math.abs(accounts.equity[0] - expected) > tolerance * Math.abs(expected)) return undefined;
  }
  return rewards;
}
