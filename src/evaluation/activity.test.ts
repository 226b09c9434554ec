/** @file Exposure, turnover and costs by bar: their sums are the metrics, and redrawn they are what trading again bar by bar would give. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { blockIndices, drawBlocks, emptyBlocks } from "#base/blocks.ts";
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { Activity } from "./activity.ts";
import { activityMetrics, activityOf, activityStatistics, activitySums, exposedBars } from "./activity.ts";
import { assess } from "./assessment.ts";
import { backtest, noFeatures } from "./backtest.ts";
import { bootstrapVariance } from "./bootstrap.ts";
import type { MetricIntervals } from "./metric-intervals.ts";
import { leastTrips, metricDifferences, metricIntervals } from "./metric-intervals.ts";
import { metrics, simpleReturns } from "./metrics.ts";
import type { RoundTrip } from "./round-trips.ts";
import { tripSums } from "./round-trips.ts";

const ofTrips = ["winRate", "profitFactor", "expectancyMoney", "expectancyReturn"] as const;

/** Invented bars, traded about every third of them. */
function invented(seed: number, bars: number, drift = 0.001): Activity {
  const rng = createRng(seed);
  const perBar = (value: () => number): Float64Array => Float64Array.from({ length: bars }, value);
  const equity = new Float64Array(bars + 1).fill(1000);
  for (let t = 1; t <= bars; t++) equity[t] = equity[t - 1] * (1 + drift + 0.05 * rng.normal());
  const net = perBar(() => (rng.uniform() < 0.4 ? 0 : rng.normal()));
  return {
    equity,
    gross: net.map(Math.abs),
    net,
    traded: perBar(() => (rng.uniform() < 0.3 ? 1000 * rng.uniform() : 0)),
    costs: perBar(() => 3 * rng.uniform()),
    trips: {
      closed: perBar(() => rng.integer(3)),
      wins: perBar(() => rng.integer(2)),
      won: perBar(() => 9 * rng.uniform()),
      lost: perBar(() => 7 * rng.uniform()),
      returns: perBar(() => 0.01 * rng.normal()),
    },
  };
}

test("the statistic of the series is the metric of the whole track, of every contender and of the mean over its runs", async () => {
  const universe = randomWalk({ bars: 500, volatility: 0.01, seed: 4, instruments: 2 });
  const costs = { spreadBps: 4, slippageAtr: 0.01, commissionBps: 2, borrowBps: 300 };
  const setting = { universe, from: 100, to: 500, costs, sizing: { rebalanceBand: 0.05 }, capital: 50_000 };
  const run = (seed: number) => {
    const rng = createRng(seed);
    let weights = [0, 0];
    const act = () => ({ weights: rng.uniform() < 0.2 ? (weights = [rng.normal() / 2, rng.normal() / 2]) : weights });
    return backtest({ name: "wild", act }, noFeatures, setting);
  };
  const report = await assess({
    setting,
    agent: { name: "wild", runs: [await run(1), await run(2)], seeds: [1, 2] },
    folds: [],
    inSample: false,
    seed: 1,
    randomAgents: 4,
    about: {
      runId: "",
      createdAt: 0,
      command: "",
      codeVersion: "",
      source: "",
      quality: {},
      settings: {},
      warnings: [],
    },
  });
  for (const { name: contender, metrics: found, intervals } of report.contenders) {
    for (const name of [...activityMetrics, "finalEquity", "costShare", ...ofTrips] as const) {
      const [metric, estimate] = [found[name], intervals[name]?.estimate];
      const isTold = !ofTrips.some((each) => each === name) || found.trades >= leastTrips;
      if (metric === undefined || !isTold) expect(estimate, `${contender}: ${name}`).toBeUndefined();
      else expect(Math.abs(estimate! / metric - 1) < 1e-9 || estimate === metric, `${contender}: ${name}`).toBe(true);
    }
  }
  const [{ metrics: own }] = report.contenders;
  const [best] = report.differences!;
  const bests = report.contenders.find(({ name }) => name === best.than)!.metrics;
  expect(own.trades).toBeGreaterThan(100);
  for (const name of activityMetrics) {
    expect(best.metrics[name]?.estimate, name).toBeCloseTo(own[name]! - bests[name]!, 6);
  }
});

test("redrawn bars come to what they come to when equity is followed bar by bar", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 60 }), (seed, bars) => {
      const activity = invented(seed, bars);
      const blocks = emptyBlocks(bars);
      drawBlocks(createRng(seed), bars, 4, blocks);
      const indices = new Int32Array(bars);
      blockIndices(blocks, indices);
      const returns = simpleReturns(activity.equity);
      let equity = activity.equity[0];
      const path = [equity];
      const sums = { held: 0, gross: 0, net: 0, traded: 0, costs: 0 };
      const trips = { closed: 0, wins: 0, won: 0, lost: 0, returns: 0 };
      for (const t of indices) {
        sums.held += Number(activity.gross[t] !== 0);
        for (const name of ["gross", "net"] as const) sums[name] += activity[name][t];
        for (const name of ["closed", "wins", "returns"] as const) trips[name] += activity.trips[name][t];
        for (const name of ["won", "lost"] as const)
          trips[name] += (activity.trips[name][t] / activity.equity[t]) * equity;
        for (const name of ["traded", "costs"] as const) {
          sums[name] += (activity[name][t] / activity.equity[t]) * equity;
        }
        equity *= 1 + returns[t];
        path.push(equity);
      }
      const meanEquity = path.reduce((sum, value) => sum + value, 0) / path.length;
      const wanted = [
        sums.held / bars,
        sums.gross / bars,
        sums.net / bars,
        trips.closed,
        sums.traded / (bars / 252) / meanEquity,
        sums.costs,
        equity - activity.equity[0] + sums.costs,
        trips.wins,
        trips.returns,
        trips.won,
        trips.lost,
      ];
      const found = activityStatistics(activity, 252)(blocks);
      found.forEach((value, n) => expect(value, [...activityMetrics, ...activitySums][n]).toBeCloseTo(wanted[n], 6));
    }),
  );
});

test("after ruin nothing is held, traded or earned, in history and redrawn", () => {
  const curve = { time: Float64Array.of(0, 1, 2, 3, 4), equity: Float64Array.of(100, 50, -20, -20, -20) };
  const run = {
    curve,
    gross: Float64Array.of(0, 1, -3, NaN, 0),
    net: Float64Array.of(0, 1, -3, NaN, 0),
    traded: Float64Array.of(0, 100, 60, 0, 0),
    costs: Float64Array.of(0, 1, 2, 0, 0),
  };
  const activity = activityOf(run, []);
  expect(exposedBars(activity)).toBe(1);
  const of = activityStatistics(activity, 4);
  const block = (start: number[], length: number[]) => ({
    count: start.length,
    start: Int32Array.from(start),
    length: Int32Array.from(length),
  });
  expect(of(block([0], [4]))).toEqual([0.25, 0.25, 0.25, 0, 160 / 18, 3, -97, 0, 0, 0, 0]);
  // From the ruined bars on, the first half again: 100, 100, 100, 50 and −20.
  expect(of(block([2], [4]))).toEqual([0.25, 0.25, 0.25, 0, 160 / (330 / 5), 3, -97, 0, 0, 0, 0]);
});

test("a round trip is counted in the bar that it closed in", () => {
  const day = 86_400_000;
  const curve = { time: Float64Array.of(day, 2 * day, 3 * day), equity: Float64Array.of(1, 1, 1) };
  const none = new Float64Array(3);
  const profits = [5, -2, 3, 4];
  const closings = [day, 2 * day - 1, 2 * day, 9 * day].map((closedAt, at) => {
    return { closedAt, profit: profits[at], returnOnEntry: profits[at] / 100 } as RoundTrip;
  });
  const { trips } = activityOf({ curve, gross: none, net: none, traded: none, costs: none }, closings);
  expect([...trips.closed]).toEqual([2, 2]);
  expect([...trips.wins]).toEqual([1, 2]);
  expect([...trips.won]).toEqual([5, 7]);
  expect([...trips.lost]).toEqual([2, 0]);
  expect(trips.returns[0]).toBeCloseTo(0.03, 12);
  expect(tripSums(closings)).toEqual({ closed: 4, wins: 3, won: 12, lost: 2, returns: 0.1 });
});

test("intervals are as wide as the stationary bootstrap's variance in closed form says (Politis and Romano, 1994)", () => {
  const bars = 1000;
  // Equity that stands still asks for blocks of ∛1000 = 10 bars, and so do bars without memory.
  const activity = { ...invented(3, bars), equity: new Float64Array(bars + 1).fill(1000) };
  const returns = simpleReturns(activity.equity);
  const found = metricIntervals([{ returns, activity }], { barsPerYear: 252, rng: createRng(1), resamples: 2000 });
  const error = (series: Float64Array): number => Math.sqrt(bootstrapVariance(series, 10));
  const errors: [keyof MetricIntervals, number][] = [
    ["exposure", error(activity.gross.map((weight) => Number(weight !== 0)))],
    ["grossExposure", error(activity.gross)],
    ["netExposure", error(activity.net)],
    ["trades", bars * error(activity.trips.closed)],
    ["costs", bars * error(activity.costs)],
    ["turnover", (252 / 1000) * error(activity.traded)],
  ];
  for (const [name, wanted] of errors) {
    const { lower, estimate, upper } = found[name]!;
    expect((lower + upper) / 2, name).toBeCloseTo(estimate, -Math.log10(wanted));
    // Of 2,000 resamples each bound has an error of some 4 % of the width.
    expect((upper - lower) / (2 * 1.96 * wanted), name).toBeGreaterThan(0.9);
    expect((upper - lower) / (2 * 1.96 * wanted), name).toBeLessThan(1.1);
  }
});

test("an agent that holds for long has the longer blocks that its exposure needs", () => {
  // A position comes and goes with chance 1/40 a bar: of such a chain the variance of the share of time is p(1 − p)/T · (1 + ρ)/(1 − ρ)
  // with ρ = 1 − 2/40. Blocks of the returns, which have no memory, would give two thirds of its root.
  const bars = 5000;
  const error = Math.sqrt((0.25 / bars) * (1.95 / 0.05));
  const widths = Array.from({ length: 10 }, (_, seed) => {
    const rng = createRng(seed, "holder");
    let position = rng.integer(2);
    const gross = Float64Array.from({ length: bars }, () =>
      rng.uniform() < 1 / 40 ? (position = 1 - position) : position,
    );
    const returns = Float64Array.from({ length: bars }, () => 0.01 * rng.normal());
    const none = new Float64Array(bars);
    const equity = new Float64Array(bars + 1).fill(1);
    const activity = {
      equity,
      gross,
      net: gross,
      traded: none,
      costs: none,
      trips: { closed: none, wins: none, won: none, lost: none, returns: none },
    };
    const { exposure } = metricIntervals([{ returns, activity }], { barsPerYear: 252, rng, resamples: 300 });
    return exposure!.upper - exposure!.lower;
  });
  const width = widths.reduce((sum, value) => sum + value, 0) / widths.length;
  expect(width / (2 * 1.96 * error)).toBeGreaterThan(0.85);
  expect(width / (2 * 1.96 * error)).toBeLessThan(1.15);
});

test("differences are paired, and of what only one of the two kept there are none", () => {
  const activity = invented(5, 400);
  const returns = simpleReturns(activity.equity);
  const settings = { barsPerYear: 252, resamples: 100 };
  const more = { ...activity, costs: activity.costs.map((cost) => 2 * cost) };
  const track = { returns, activity };
  const { costs, exposure } = metricDifferences([{ returns, activity: more }], [track], {
    ...settings,
    rng: createRng(1),
  });
  const { costs: alone } = metricIntervals([track], { ...settings, rng: createRng(1) });
  expect(exposure).toEqual({ estimate: 0, lower: 0, upper: 0 });
  expect(costs!.lower).toBeCloseTo(alone!.lower, 6);
  expect(costs!.upper).toBeCloseTo(alone!.upper, 6);
  const half = metricDifferences([track], [{ returns }], { ...settings, rng: createRng(1) });
  expect(half).not.toHaveProperty("costs");
  expect(half.sharpe.estimate).toBe(0);
});

test("costs over a gain that is not there have no interval, and over one that may not be there no upper bound", () => {
  const lost = invented(6, 300, -0.01);
  const won = invented(6, 300, 0.004);
  const of = (activity: Activity): MetricIntervals =>
    metricIntervals([{ returns: simpleReturns(activity.equity), activity }], {
      barsPerYear: 252,
      rng: createRng(2),
      resamples: 300,
    });
  expect(of(lost)).not.toHaveProperty("costShare");
  const { costShare } = of(won);
  const costs = won.costs.reduce((sum, cost) => sum + cost, 0);
  const { costShare: metric } = metrics({ time: won.equity, equity: won.equity }, [], {
    barsPerYear: 252,
    exposureBars: 0,
    costs,
  });
  expect(costShare!.estimate).toBeCloseTo(metric!, 9);
  expect(costShare!.upper).toBe(Infinity);
});

test("win rate has the width of a binomial, and what follows from it the same; of few round trips there is none", () => {
  const bars = 400;
  const rng = createRng(1);
  const won = Float64Array.from({ length: bars }, () => (rng.uniform() < 0.6 ? 10 : 0));
  const lost = won.map((value) => 10 - value);
  const one = new Float64Array(bars).fill(1);
  const trips = {
    closed: one,
    wins: won.map((value) => value / 10),
    won,
    lost,
    returns: won.map((value, t) => (value - lost[t]) / 100),
  };
  const activity = { ...invented(3, bars), equity: new Float64Array(bars + 1).fill(1000), trips };
  const returns = simpleReturns(activity.equity);
  const settings = { barsPerYear: 252, resamples: 2000 };
  const found = metricIntervals([{ returns, activity }], { ...settings, rng: createRng(2) });
  const [winRate, profitFactor, money, onEntry] = ofTrips.map((name) => found[name]!);
  const rate = winRate.estimate;
  expect((winRate.upper - winRate.lower) / (2 * 1.96 * Math.sqrt((rate * (1 - rate)) / bars))).toBeCloseTo(1, 0.5);
  expect(profitFactor.estimate).toBeCloseTo(rate / (1 - rate), 9);
  expect(money.lower).toBeCloseTo(20 * winRate.lower - 10, 9);
  expect(onEntry.upper).toBeCloseTo(money.upper / 100, 9);

  const closed = one.map((_, t) => (t < 29 ? 1 : 0));
  const few = { returns, activity: { ...activity, trips: { ...trips, closed } } };
  expect(metricIntervals([few], { ...settings, resamples: 20, rng: createRng(2) })).not.toHaveProperty("winRate");
  const [track, options] = [
    { returns, activity },
    { ...settings, resamples: 20, rng: createRng(2) },
  ];
  expect(metricDifferences([track], [few], options)).not.toHaveProperty("winRate");
  expect(metricDifferences([track], [track], options).profitFactor).toEqual({ estimate: 0, lower: 0, upper: 0 });
});

test("without a loss a profit factor has no limit, and its difference to one that has is told", () => {
  const activity = invented(5, 200);
  const trips = { ...activity.trips, lost: new Float64Array(200) };
  const [all, some] = [trips, activity.trips].map((of) => {
    return { returns: simpleReturns(activity.equity), activity: { ...activity, trips: of } };
  });
  const options = { barsPerYear: 252, resamples: 20 };
  const unlimited = { estimate: Infinity, lower: Infinity, upper: Infinity };
  expect(metricIntervals([all], { ...options, rng: createRng(1) }).profitFactor).toEqual(unlimited);
  expect(metricDifferences([all], [some], { ...options, rng: createRng(1) }).profitFactor).toEqual(unlimited);
  const less = { estimate: -Infinity, lower: -Infinity, upper: -Infinity };
  expect(metricDifferences([some], [all], { ...options, rng: createRng(1) }).profitFactor).toEqual(less);
});
