/** @file Contenders of a report: means over runs that hide no loss. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { drawdowns, metrics } from "./metrics.ts";
import type { ReportedRun } from "./report-data.ts";
import { meanMetrics, reportContender } from "./report-data.ts";
import { tripSums } from "./round-trips.ts";

function runOf(label: string, ...equity: number[]): ReportedRun {
  const curve = { time: Float64Array.from(equity, (_, t) => t), equity: Float64Array.from(equity) };
  const measured = metrics(curve, [], { barsPerYear: 252, exposureBars: 0, costs: 0 });
  return { label, curve, metrics: measured, trips: tripSums([]) };
}

test("averages the runs' drawdowns instead of taking the drawdown of their mean", () => {
  const runs = [runOf("seed 1", 100, 50, 100), runOf("seed 2", 100, 150, 100)];
  const options = { barsPerYear: 252, rng: createRng(1), resamples: 20 };
  const contender = reportContender({ name: "agent", role: "agent", runs, ...options });
  expect(contender.equity).toEqual([100, 100, 100]);
  expect(contender.drawdown[1]).toBe(0.25);
  expect(contender.drawdown[2]).toBeCloseTo(1 / 6, 12);
  expect(contender.band).toEqual({ lower: [100, 50, 100], upper: [100, 150, 100] });
  expect(contender.metrics.maxDrawdown).toBeCloseTo((1 / 2 + 1 / 3) / 2, 12);
});

test("has no band for one run", () => {
  const options = { barsPerYear: 252, rng: createRng(1), resamples: 20 };
  const runs = [runOf("", 100, 101)];
  expect(reportContender({ name: "flat", role: "baseline", runs, ...options }).band).toBeUndefined();
});

test("averages a metric over the runs where it exists", () => {
  const [one, two] = [runOf("", 100, 101, 102), runOf("", 100, 90, 99)];
  expect(one.metrics.calmar).toBeUndefined();
  expect(meanMetrics([one, two]).calmar).toBe(two.metrics.calmar);
  expect(meanMetrics([one, one]).calmar).toBeUndefined();
  expect(meanMetrics([one, two]).totalReturn).toBeCloseTo((0.02 - 0.01) / 2, 12);
});

test("what round trips earned is that of all runs together: a run that closed one position does not count as much as others", () => {
  const many = { closed: 9, wins: 6, won: 90, lost: 30, returns: 0.18 };
  const one = { closed: 1, wins: 0, won: 0, lost: 15, returns: -0.08 };
  const runs = [many, one].map((trips) => ({ ...runOf("", 100, 101), trips }));
  const { winRate, profitFactor, expectancyMoney, expectancyReturn } = meanMetrics(runs);
  expect([winRate, profitFactor, expectancyMoney]).toEqual([0.6, 2, 4.5]);
  expect(expectancyReturn).toBeCloseTo(0.01, 12);
});

test("measures each drawdown from the highest value so far", () => {
  expect(Array.from(drawdowns(Float64Array.of(10, 8, 12, 9, -1)))).toEqual([0, 0.2, 0, 0.25, 1]);
});
