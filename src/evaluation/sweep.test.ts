/** @file Sweeps: nothing but the condition changes, and numbers that can be worked out by hand come out. */
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Policy } from "#policy/policy.ts";
import { buyAndHold } from "#policy/rules/buy-and-hold.ts";
import type { BacktestSetting } from "./backtest.ts";
import { ruleCandidate } from "./candidate.ts";
import { capacity, sweptCapital } from "./capacity.ts";
import { atCost, costSweep, sweptBps } from "./cost-sweep.ts";
import { latencySweep } from "./latency-sweep.ts";
import { annualReturn, sharpe, simpleReturns } from "./metrics.ts";
import { crossing } from "./sweep.ts";

const universe = randomWalk({ bars: 300, volatility: 0.01, seed: 4, drift: 0.001 });
const setting: BacktestSetting = {
  universe,
  from: 50,
  to: 300,
  costs: { spreadBps: 4, slippageAtr: 0.01, commissionBps: 1, borrowBps: 30 },
  sizing: { rebalanceBand: 0 },
  capital: 100_000,
};

/** In and out every other bar: turnover that costs can be told by. */
const restless = ruleCandidate("restless", (): Policy => {
  let t = 0;
  return { name: "restless", act: () => ({ weights: [t++ % 2 === 0 ? 0.5 : 0] }) };
});
const hold = ruleCandidate("buy and hold", () => buyAndHold(1));
const sides = { agent: [restless], baseline: hold, barsPerYear: 252 };

test("finds where a series falls to zero on a straight line, or on which side of it all lies", () => {
  const at = (values: readonly number[]) => values.map((value, n) => ({ at: 10 * n, value }));
  expect(crossing(at([3, 1, -1]))).toEqual({ kind: "at", at: 15 });
  expect(crossing(at([3, 0]))).toEqual({ kind: "at", at: 10 });
  expect(crossing(at([3, 1]))).toEqual({ kind: "above", at: 10 });
  expect(crossing(at([0, 5]))).toEqual({ kind: "below", at: 0 });
  expect(crossing(at([2, -2, 9])), "the first place").toEqual({ kind: "at", at: 5 });
});

test("changes what trading costs and keeps what holding costs", () => {
  expect(atCost(setting, 7).costs).toEqual({ spreadBps: 0, slippageAtr: 0, commissionBps: 7, borrowBps: 30 });
  expect(atCost(setting, 7)).toMatchObject({ capital: 100_000, from: 50, sizing: setting.sizing });
});

test("trades again at each cost: the fills stay, and each basis point takes its share of what was traded", async () => {
  const swept = await costSweep(sides, setting, 3);
  expect(swept.points.map(({ at }) => at)).toEqual(sweptBps);
  expect(swept.baseline).toBe("buy and hold");
  const returns = swept.points.map(({ agent }) => agent.annualReturn);
  expect(returns.toSorted((a, b) => b - a)).toEqual(returns);
  // 249 trades of half the equity: at c basis points each bar costs c/2 of a ten-thousandth, near enough for small c.
  const yearly = (bps: number): number => Math.log1p(returns[sweptBps.indexOf(bps)]);
  expect((yearly(0) - yearly(2)) / (2e-4 * 0.5 * 252)).toBeCloseTo(1, 1);
  const { points, breakEven } = swept;
  if (breakEven.kind === "at") {
    const before = points.findLast(({ at }) => at <= breakEven.at)!;
    expect(before.agent.annualReturn).toBeGreaterThanOrEqual(0);
  }
  const plain = await restless.trade(atCost(setting, 5));
  const five = points[sweptBps.indexOf(5)].agent;
  expect(five.sharpe, "what a backtest at that cost gives").toBe(sharpe(simpleReturns(plain.curve.equity), 252));
  expect(five.annualReturn).toBe(annualReturn(simpleReturns(plain.curve.equity), 252));
});

test("orders that are late are late, and none late is as it was tested", async () => {
  const { points } = await latencySweep(sides, setting);
  const tested = await restless.trade(setting);
  expect(points.map(({ at }) => at)).toEqual([0, 1, 2, 3]);
  expect(points[0].agent.sharpe).toBe(sharpe(simpleReturns(tested.curve.equity), 252));
  expect(points[1].agent.sharpe).not.toBe(points[0].agent.sharpe);
});

test("more capital moves prices more, and without volume nobody knows how much", async () => {
  const found = (await capacity(sides, setting))!;
  expect(found.impact).toBe(1);
  expect(found.points.map(({ at }) => at)).toEqual(sweptCapital);
  const returns = found.points.map(({ agent }) => agent.annualReturn);
  for (let n = 1; n < returns.length; n++) expect(returns[n]).toBeLessThanOrEqual(returns[n - 1]);
  const silent = { ...universe, bars: universe.bars.map((bars) => ({ ...bars, volume: bars.volume.map(() => 0) })) };
  expect(await capacity(sides, { ...setting, universe: silent })).toBeUndefined();
});

test("a constant equity and zero trades are 0, not an error", async () => {
  const idle = ruleCandidate("idle", (): Policy => ({ name: "idle", act: () => ({ weights: [0] }) }));
  const swept = await costSweep({ ...sides, agent: [idle] }, setting, undefined);
  expect(swept.breakEven).toEqual({ kind: "below", at: 0 });
  expect(swept.points.every(({ agent }) => agent.sharpe === 0 && agent.annualReturn === 0 && agent.fills === 0)).toBe(
    true,
  );
});
