/** @file What an agent is judged against: all of it, on the same bars, the rivals among it. */
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Policy } from "#policy/policy.ts";
import type { BacktestSetting } from "./backtest.ts";
import { backtest, noFeatures } from "./backtest.ts";
import { randomAgentName, ruleBaselines, runBaselines } from "./baselines.ts";
import { ruleCandidate } from "./candidate.ts";
import { roundTrips } from "./round-trips.ts";

function settingOf(instruments: number): BacktestSetting {
  const universe = randomWalk({ bars: 420, volatility: 0.01, seed: 3, instruments });
  const costs = { spreadBps: 2, slippageAtr: 0.01, commissionBps: 1 };
  return { universe, from: 300, to: 420, costs, sizing: { rebalanceBand: 0 }, capital: 100_000 };
}

const weekly = (): Policy => {
  let t = 0;
  return { name: "weekly", act: () => ({ weights: [Math.sin((t++) ** 1.3) > 0 ? 0.5 : 0, 0.25] }) };
};

test("names every rule as its policy does, and leaves equal weight out of one instrument", () => {
  const names = (instruments: number): string[] => ruleBaselines(instruments).map(({ name }) => name);
  expect(names(2)).toEqual([
    "buy and hold",
    "equal weight, rebalanced",
    "flat",
    "momentum 252",
    "mean reversion 20/2",
    "moving averages 50/200",
    "volatility target 10 %",
  ]);
  expect(names(1)).toEqual(names(2).filter((name) => name !== "equal weight, rebalanced"));
});

test("trades rules, rivals and as many random agents as asked, over the same bars", async () => {
  const setting = settingOf(2);
  const runs = [await backtest(weekly(), noFeatures, setting), await backtest(weekly(), noFeatures, setting)];
  const rival = ruleCandidate("rule + boosting", weekly);
  const counts: number[][] = [];
  const found = await runBaselines(setting, runs, {
    seed: 1,
    rivals: [rival],
    randomAgents: 5,
    onProgress: (...each) => counts.push(each),
  });
  expect(found.map(({ name }) => name)).toEqual([
    ...ruleBaselines(2).map(({ name }) => name),
    "rule + boosting",
    randomAgentName,
  ]);
  expect(found.at(-1)!.runs, "three for each of two runs").toHaveLength(6);
  expect(counts.at(-1)).toEqual([14, 14]);
  for (const { name, runs: each } of found) {
    for (const run of each) {
      expect(run.curve.time, name).toEqual(runs[0].curve.time);
      if (name === run.policy) expect(run.policy).toBe(name);
    }
  }
  const own = found.find(({ name }) => name === "rule + boosting")!.runs[0];
  expect(own.curve.equity, "same costs, same sizing").toEqual(runs[0].curve.equity);
  const random = found.at(-1)!.runs[0];
  expect(random.curve.equity).not.toEqual(runs[0].curve.equity);
  expect(roundTrips(random.fills).length).toBeGreaterThan(5);
});

test("the rules act on the bars before the test: none needs a warm-up there", async () => {
  const setting = settingOf(2);
  for (const candidate of ruleBaselines(2)) {
    const { policy, wanted } = await candidate.trade(setting);
    expect(policy).toBe(candidate.name);
    expect(wanted[0], candidate.name).toBeDefined();
  }
  const target = ruleBaselines(2).find(({ name }) => name.startsWith("volatility"))!;
  const [first] = (await target.trade(setting)).wanted;
  expect(first!.every((weight) => weight > 0)).toBe(true);
});

test("an agent that never traded has random agents that never trade", async () => {
  const setting = settingOf(1);
  const idle = await backtest({ name: "idle", act: () => ({ weights: [0] }) }, noFeatures, setting);
  const found = await runBaselines(setting, [idle], { seed: 1, randomAgents: 3 });
  expect(found.at(-1)!.runs.every(({ fills }) => fills.length === 0)).toBe(true);
});
