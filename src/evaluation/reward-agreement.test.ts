/** @file Reward against profit. */
import { expect, test } from "vitest";
import { rankCorrelation, rewardAgreement } from "./reward-agreement.ts";

/** Equity from 100 by these simple returns. */
function grown(returns: readonly number[]): number[] {
  const equity = [100];
  for (const value of returns) equity.push(equity[equity.length - 1] * (1 + value));
  return equity;
}

test("agrees with scipy.stats.spearmanr", () => {
  // scipy 1.17.1: spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]).statistic, and with ties in both.
  expect(rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 12);
  expect(rankCorrelation([1, 1, 2, 3], [4, 2, 2, 9])).toBeCloseTo(0.5, 12);
  expect(rankCorrelation([1, 2], [2, 1])).toBe(-1);
  expect(rankCorrelation([3, 3, 3], [1, 2, 3])).toBeUndefined();
});

test("is 1 where the reward is the log return", () => {
  const returns = Array.from({ length: 60 }, (_, t) => Math.sin(t * 1.7) / 50);
  const rewards = returns.map(Math.log1p);
  const found = rewardAgreement(rewards, grown(returns), 5);
  expect(found.correlation).toBeCloseTo(1, 12);
  expect(found).toMatchObject({ windows: 12, windowBars: 5, paidForLosing: 0, flagged: false });
  expect(found.totalReward).toBeCloseTo(Math.log1p(found.totalReturn), 12);
});

test("flags a reward that pays while profit falls", () => {
  const returns = Array.from({ length: 60 }, () => -0.001);
  const found = rewardAgreement(new Float64Array(60).fill(1), grown(returns), 5);
  expect(found).toMatchObject({ totalReward: 60, flagged: true, paidForLosing: 1, correlation: undefined });
});

test("flags a reward that pays more the less is earned, even where both end above zero", () => {
  const returns = Array.from({ length: 60 }, (_, t) => (t + 1) / 10_000);
  const rewards = returns.map((_, t) => 60 - t);
  expect(rewardAgreement(rewards, grown(returns), 5)).toMatchObject({ correlation: -1, flagged: true });
});

test("says nothing of ranks where there are too few stretches, and defines zero trades", () => {
  expect(rewardAgreement([1, 2, 3], grown([0.1, 0.2, 0.3]), 1).correlation).toBeUndefined();
  const idle = rewardAgreement(new Float64Array(60), grown(Array.from({ length: 60 }, () => 0)), 5);
  expect(idle).toMatchObject({ correlation: undefined, totalReturn: 0, paidForLosing: 0, flagged: false });
});
