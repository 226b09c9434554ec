/** @file Intervals of metrics: they hold the estimate where they must, and are as wide as theory says. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { metricDifferences, metricIntervals } from "./metric-intervals.ts";
import { annualReturn, drawdown, sharpe, sortino, volatility } from "./metrics.ts";

const rng = createRng(1);
const run = Float64Array.from({ length: 1000 }, () => 0.0004 + 0.01 * rng.normal());

/** Of a normal interval of 95 %, in standard errors. */
function width({ lower, upper }: { readonly lower: number; readonly upper: number }): number {
  return (upper - lower) / (2 * 1.96);
}

test("holds each estimate, and is as wide as the errors of independent normal bars", () => {
  const intervals = metricIntervals([{ returns: run }], { barsPerYear: 252, rng: createRng(2), resamples: 600 });
  for (const name of ["sharpe", "annualReturn", "volatility", "sortino"] as const) {
    const { lower, estimate, upper } = intervals[name];
    expect(lower, name).toBeLessThan(estimate);
    expect(upper, name).toBeGreaterThan(estimate);
  }
  // Errors: Sharpe √(252/T), volatility σ√(252/2T).
  expect(width(intervals.sharpe) / Math.sqrt(252 / 1000)).toBeCloseTo(1, 0.5);
  expect(width(intervals.volatility) / (0.01 * Math.sqrt(252 / 2000))).toBeCloseTo(1, 0.5);
  expect(intervals.maxDrawdown.lower).toBeGreaterThan(0);
  expect(intervals.maxDrawdown.upper).toBeLessThan(1);
});

test("takes the mean over runs and widens with their disagreement", () => {
  const other = run.map((value) => value - 0.001);
  const both = metricIntervals([{ returns: run }, { returns: other }], {
    barsPerYear: 252,
    rng: createRng(2),
    resamples: 300,
  });
  const one = metricIntervals([{ returns: run }], { barsPerYear: 252, rng: createRng(2), resamples: 300 });
  expect(both.sharpe.estimate).toBeCloseTo((sharpe(run, 252) + sharpe(other, 252)) / 2, 9);
  expect(both.sharpe.upper - both.sharpe.lower).toBeGreaterThan(one.sharpe.upper - one.sharpe.lower);
});

test("gives a flat run intervals of zero width", () => {
  const flat = metricIntervals([{ returns: new Float64Array(200) }], {
    barsPerYear: 252,
    rng: createRng(3),
    resamples: 50,
  });
  expect(flat.sharpe).toEqual({ estimate: 0, lower: 0, upper: 0 });
  expect(flat.maxDrawdown).toEqual({ estimate: 0, lower: 0, upper: 0 });
});

test("estimates are the metrics themselves, and the intervals that should hold them do", () => {
  const bare = metricIntervals([{ returns: run }], { barsPerYear: 252, rng: createRng(1), resamples: 200 });
  const equity = Float64Array.from({ length: run.length + 1 }, () => 1);
  run.forEach((value, t) => (equity[t + 1] = equity[t] * (1 + value)));
  const wanted = {
    sharpe: sharpe(run, 252),
    annualReturn: annualReturn(run, 252),
    volatility: volatility(run, 252),
    sortino: sortino(run, 252),
  };
  const { depth, longestBars } = drawdown(equity);
  expect(bare.maxDrawdown.estimate).toBe(depth);
  expect(bare.maxDrawdownBars.estimate).toBe(longestBars);
  expect(bare.totalReturn.estimate).toBe(equity[run.length] - 1);
  expect(bare.calmar.estimate).toBe(wanted.annualReturn / depth);
  for (const [name, value] of Object.entries(wanted)) {
    const interval = bare[name as keyof typeof wanted];
    expect(interval.estimate, name).toBe(value);
    expect(interval.lower, name).toBeLessThan(value);
    expect(interval.upper, name).toBeGreaterThan(value);
  }
});

test("redraws what happened in one block of all bars into the metrics themselves", () => {
  // A constant series is the same in every order.
  const steady = new Float64Array(300).fill(-0.001);
  const { maxDrawdownBars, maxDrawdown, calmar, totalReturn } = metricIntervals([{ returns: steady }], {
    barsPerYear: 252,
    rng: createRng(1),
    resamples: 20,
  });
  for (const { estimate, lower, upper } of [maxDrawdownBars, maxDrawdown, calmar, totalReturn]) {
    expect(lower).toBeCloseTo(estimate, 9);
    expect(upper).toBeCloseTo(estimate, 9);
  }
  expect(maxDrawdownBars.estimate).toBe(300);
});

test("differences are paired: a run less itself is 0 in every resample, less a shifted one narrow", () => {
  const settings = { barsPerYear: 252, resamples: 200 };
  const same = metricDifferences([{ returns: run }], [{ returns: run.slice() }], { ...settings, rng: createRng(4) });
  for (const [name, interval] of Object.entries(same)) {
    expect(interval, name).toEqual({ estimate: 0, lower: 0, upper: 0 });
  }
  const shifted = metricDifferences([{ returns: run }], [{ returns: run.map((value) => value - 0.0005) }], {
    ...settings,
    rng: createRng(4),
  });
  const alone = metricIntervals([{ returns: run }], { ...settings, rng: createRng(4) });
  expect(shifted.annualReturn.lower).toBeGreaterThan(0);
  expect(shifted.annualReturn.upper - shifted.annualReturn.lower).toBeLessThan(
    0.3 * (alone.annualReturn.upper - alone.annualReturn.lower),
  );
});
