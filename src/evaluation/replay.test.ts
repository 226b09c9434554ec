/** @file A backtest played again is the backtest, or is not told. */
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { logReturn } from "#market/rewards/log-return.ts";
import type { Policy } from "#policy/policy.ts";
import { backtest, noFeatures } from "./backtest.ts";
import { replayedRewards } from "./replay.ts";

const universe = randomWalk({ bars: 260, volatility: 0.012, seed: 6, instruments: 2 });
const costs = { spreadBps: 3, slippageAtr: 0.02, commissionBps: 1 };
const setting = { universe, from: 60, to: 260, costs, sizing: { rebalanceBand: 0 }, capital: 100_000 };
const restless = (): Policy => {
  let t = 0;
  return { name: "restless", act: () => ({ weights: [((t % 5) - 2) / 5, ((t++ % 7) - 3) / 8] }) };
};
const reward = [{ term: logReturn, weight: 1 }];

test("pays the log return of the very equity that the backtest had", async () => {
  const run = await backtest(restless(), noFeatures, setting);
  const rewards = replayedRewards(run, setting, reward)!;
  const { equity } = run.curve;
  expect(rewards).toHaveLength(199);
  rewards.forEach((value, n) => expect(value).toBeCloseTo(Math.log(equity[n + 1] / equity[n]), 9));
});

test("is not told where the venue did what cannot be played again", async () => {
  const late = { ...setting, latency: { milliseconds: 3_600_000 } };
  const run = await backtest(restless(), noFeatures, late);
  expect(replayedRewards(run, late, reward)).toBeUndefined();
});
