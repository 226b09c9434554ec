/** @file A report on an invented market, for the tests of the page. */
import { createRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import type { Fill } from "#domain/fill.ts";
import { orderId } from "#domain/order.ts";
import { confidenceOf } from "#training/confidence.ts";
import type { Activity } from "./activity.ts";
import { activityOf, exposedBars } from "./activity.ts";
import { mean, metrics, sharpe, simpleReturns } from "./metrics.ts";
import type { ReportConfidence, ReportContender, ReportData, ReportedRun, ReportFold } from "./report-data.ts";
import { reportContender } from "./report-data.ts";
import type { Track } from "./metric-intervals.ts";
import { metricDifferences } from "./metric-intervals.ts";
import { roundTrips, tripSums } from "./round-trips.ts";
import { judge } from "./significance.ts";
import type { SweepFigures } from "./sweep.ts";
import { known, notEnough } from "./statistics/answer.ts";
import { evidence } from "./statistics/evidence.ts";

const dayMs = 86_400_000;
const start = Date.UTC(2006, 0, 2);
const barsPerYear = 252;

interface Run extends ReportedRun {
  readonly activity: Activity;
  readonly fills: readonly Fill[];
}

/** Follows `positionAt` in one instrument with fills at the close and 2 bps of fees. */
function trade(label: string, symbol: string, close: Float64Array, positionAt: (t: number) => number): Run {
  const equity = new Float64Array(close.length).fill(100_000);
  const time = Float64Array.from(close, (_, t) => start + t * dayMs * (365.25 / barsPerYear));
  const fills: Fill[] = [];
  let units = 0;
  const [net, traded, costs] = Array.from({ length: 3 }, () => new Float64Array(close.length));
  for (let t = 1; t < close.length; t++) {
    equity[t] = equity[t - 1] + units * (close[t] - close[t - 1]);
    net[t] = (units * close[t]) / equity[t];
    const target = Math.round((positionAt(t) * equity[t]) / close[t]);
    const change = target - units;
    if (Math.abs(change) < 0.2 * Math.abs(target) || change === 0) continue;
    const fee = Math.abs(change) * close[t] * 0.0002;
    equity[t] -= fee;
    costs[t] = fee;
    traded[t] = Math.abs(change) * close[t];
    units = target;
    fills.push({
      orderId: orderId(symbol, time[t]),
      symbol,
      side: change > 0 ? "buy" : "sell",
      units: Math.abs(change),
      price: close[t],
      referencePrice: close[t],
      fee,
      filledAt: time[t],
    });
  }
  const curve = { time, equity };
  const trips = roundTrips(fills);
  const activity = activityOf({ curve, gross: net.map(Math.abs), net, traded, costs }, trips);
  const found = metrics(curve, fills, {
    barsPerYear,
    exposureBars: exposedBars(activity),
    grossExposure: mean(activity.gross),
    netExposure: mean(activity.net),
    costs: costs.reduce((sum, cost) => sum + cost, 0),
  });
  return { label, curve, fills, activity, trips: tripSums(trips), metrics: found };
}

/** Positions held for `holdBars` on average, drawn anew by chance. */
function randomPositions(rng: Rng, holdBars: number): () => number {
  let position = 1;
  return () => {
    if (rng.uniform() < 1 / holdBars) position = rng.integer(3) - 1;
    return position;
  };
}

export interface FixtureSettings {
  readonly bars?: number;
  readonly baselines?: number;
  readonly agentName?: string;
  readonly symbol?: string;
  readonly seeds?: number;
}

/** Random agents on a random walk with drift: a page with everything on it. */
export function reportFixture(settings: FixtureSettings = {}): ReportData {
  const { bars = 1500, baselines = 4, agentName = "ppo", symbol = "SPX", seeds = 3 } = settings;
  const rng = createRng(11);
  const close = new Float64Array(bars + 1).fill(1268);
  for (let t = 1; t <= bars; t++) close[t] = close[t - 1] * Math.exp(0.0003 + 0.01 * rng.normal());
  const agentRuns = Array.from({ length: seeds }, (_, seed) =>
    trade(`seed ${seed + 1}`, symbol, close, randomPositions(rng.fork(seed), 15)),
  );
  const baselineRuns: [string, Run[]][] = [
    ["buy and hold", [trade("", symbol, close, () => 1)]],
    ["flat", [trade("", symbol, close, () => 0)]],
    ["moving-average cross", [trade("", symbol, close, (t) => (t > 200 && close[t] > close[t - 200] ? 1 : 0))]],
    [
      "random, same turnover",
      Array.from({ length: 6 }, (_, n) => trade("", symbol, close, randomPositions(rng.fork(`r${n}`), 15))),
    ],
  ];
  for (let extra = baselineRuns.length; extra < baselines; extra++) {
    baselineRuns.push([`baseline ${extra}`, [trade("", symbol, close, randomPositions(rng.fork(`b${extra}`), 40))]]);
  }
  const kept = baselineRuns.slice(0, baselines);
  const contender = (name: string, role: ReportContender["role"], runs: readonly Run[]): ReportContender =>
    reportContender({
      name,
      role,
      runs,
      barsPerYear,
      rng: rng.fork(name),
      resamples: 60,
    });
  const returnsOf = (runs: readonly Run[]): Float64Array[] => runs.map(({ curve }) => simpleReturns(curve.equity));
  const tracksOf = (runs: readonly Run[]): Track[] =>
    runs.map(({ curve, activity }) => ({ returns: simpleReturns(curve.equity), activity }));
  const verdict = judge(
    { name: agentName, runs: returnsOf(agentRuns) },
    kept.map(([name, runs]) => ({ name, runs: returnsOf(runs) })),
    { barsPerYear, rng, resamples: 300 },
  );
  const statistics = evidence({
    agent: { name: agentName, runs: returnsOf(agentRuns) },
    baselines: kept.map(([name, runs]) => ({ name, runs: returnsOf(runs) })),
    folds: foldSpans(bars),
    barsPerYear,
    trials: { count: 24, variance: 0.0004, effective: 9 },
    rng: rng.fork("statistics"),
  });
  const { time } = agentRuns[0].curve;
  return {
    runId: "2026-01-05-demo-7f3a",
    createdAt: Date.UTC(2026, 0, 5, 9, 30),
    command: "ploutos demo --seed 1",
    codeVersion: "0.1.0 (abc1234)",
    verdict,
    inSample: false,
    statistics,
    differences: kept.slice(0, 3).map(([name, runs]) => ({
      than: name,
      metrics: metricDifferences(tracksOf(agentRuns), tracksOf(runs), {
        barsPerYear,
        rng: rng.fork(name),
        resamples: 60,
      }),
    })),
    market: {
      name: "S&P 500 (invented)",
      timeframe: "1d",
      symbols: [symbol],
      currency: "USD",
      from: Date.UTC(2000, 0, 3),
      to: time[bars],
      bars: bars + 1512,
      source: "an invented random walk",
      dataHash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      quality: { gap: 3, spike: 0, flat: 1 },
    },
    time: Array.from(time),
    contenders: [
      contender(agentName, "agent", agentRuns),
      ...kept.map(([name, runs]) => contender(name, "baseline", runs)),
    ],
    prices: [{ symbol, close: Array.from(close) }],
    trades: agentRuns.map(({ label, fills }) => ({ label, fills })),
    folds: folds(time, agentRuns, kept),
    seeds: agentRuns.map((_, seed) => seed + 1),
    settings: { agent: "ppo", transitions: 200_000, costs: { spreadBps: 1, commissionBps: 0.5 }, levels: [-1, 0, 1] },
    warnings: ["One index of large American companies was tested; other markets may differ."],
  };
}

/** A policy that is twice as sure as it should be, calibrated. */
function invented(rng: Rng): ReportConfidence {
  const outcomes = Array.from({ length: 800 }, () => {
    const confidence = 0.35 + 0.6 * rng.uniform();
    return { confidence, right: rng.uniform() < 0.5 + 0.4 * (confidence - 0.6) };
  });
  const { calibration: _, ...found } = confidenceOf(outcomes, "isotonic")!;
  return found;
}
/** What a ledger and a vault told. */
const project: Pick<ReportData, "trials" | "vault"> = {
  trials: {
    count: 12,
    variance: 0.0004,
    effective: 9,
    trainings: 15,
    looks: 10,
    looksHere: 4,
    since: Date.UTC(2026, 0, 3),
  },
  vault: {
    sealed: { from: Date.UTC(2007, 0, 1), looks: 2, trainings: 0 },
    openings: [1, 2].map((day) => ({ market: "spy", at: Date.UTC(2026, 0, day), run: `runs/${day}` })),
    opened: false,
  },
};

/** The same with every part that a report can have, worked out or made up. */
export function wholeReportFixture(settings: FixtureSettings = {}): ReportData {
  const side = (sharpe: number): SweepFigures => ({ sharpe, annualReturn: sharpe / 10, maxDrawdown: 0.2, fills: 12 });
  const points = [0, 1, 5].map((at) => ({ at, agent: side(1 - at / 3), baseline: side(0.5) }));
  const crossing = { kind: "at", at: 3 } as const;
  return {
    ...reportFixture(settings),

    timing: {
      settings: { horizonBars: 20, atrMultiple: 2 },
      undecided: 4,
      buy: {
        entries: 60,
        good: 24,
        bad: 16,
        neutral: 18,
        unjudged: 2,
        skill: known({
          share: 0.6,
          randomShare: 0.5,
          lift: { estimate: 1.2, lower: 0.95, upper: 1.6 },
          pValue: 0.07,
          randomSets: 279,
        }),
      },
      sell: { entries: 5, good: 2, bad: 3, neutral: 0, unjudged: 0, skill: notEnough(30, 5, "decided entries") },
    },
    equityBand: { at: [0, 150, 300], lower: [1e5, 9e4, 8e4], upper: [1e5, 2e5, 3e5], confidence: 0.95, resamples: 500 },
    drawdowns: [{ peak: 3, trough: 9, recovered: undefined, depth: 0.25, bars: 40, label: "seed 1" }],
    months: [{ year: 2006, months: Array.from({ length: 12 }, (_, n) => (n < 6 ? undefined : -0.01)), total: -0.06 }],
    regimes: [
      {
        group: "trend",
        name: "range",
        bars: 12,
        share: 0.04,
        agent: { sharpe: undefined, totalReturn: 0.1 },
        baselines: { flat: { sharpe: 0, totalReturn: 0 } },
      },
    ],
    costSweep: {
      baseline: "flat",
      points,
      breakEven: crossing,
      breakEvenBaseline: { kind: "above", at: 25 },
      paidBps: 2,
    },
    latencySweep: { baseline: "flat", points },
    capacity: {
      baseline: "flat",
      points: points.map((each) => ({ ...each, at: each.at + 1 })),
      impact: 1,
      nothingLeft: crossing,
    },
    stress: {
      preset: "noise-20",
      seed: 1,
      calm: { sharpe: 1, maxDrawdown: 0.1, totalReturn: 0.2, ruined: false },
      stressed: { sharpe: 0.5, maxDrawdown: 0.2, totalReturn: 0.1, ruined: false },
      copies: [{ seed: 2, sharpe: -0.5, maxDrawdown: 0.6, totalReturn: -0.5, ruined: true }],
      events: 9,
      kinds: { gap: { events: 9, cost: 10 } },
      costElsewhere: 1,
    },
    confidence: invented(createRng(5)),
    reward: [
      {
        windowBars: 21,
        windows: 14,
        correlation: -0.4,
        totalReward: 3,
        totalReturn: -0.2,
        paidForLosing: 0.5,
        flagged: true,
      },
    ],
    verification: {
      subject: "ppo",
      seed: 1,
      thorough: false,
      from: start,
      to: start + 100 * dayMs,
      checks: [
        { name: "truncation", outcome: "passed", did: "Ended the bars early.", found: "Nothing changed." },
        { name: "one-bar-lag", outcome: "failed", did: "Looked at 3 fills.", found: "2 of 3 are too early." },
        { name: "label-shuffle", outcome: "not run", found: "It learns too slowly." },
      ],
    },
    ...project,
  };
}

/** Four test spans, as places of returns. */
function foldSpans(bars: number): { readonly from: number; readonly to: number }[] {
  const size = Math.floor(bars / 4);
  return Array.from({ length: 4 }, (_, fold) => ({ from: fold * size, to: (fold + 1) * size }));
}

function folds(
  time: Float64Array,
  agent: readonly Run[],
  baselines: readonly (readonly [string, readonly Run[]])[],
): ReportFold[] {
  return foldSpans(time.length - 1).map(({ from, to }) => {
    const ratio = ({ curve }: Run): number => sharpe(simpleReturns(curve.equity.subarray(from, to + 1)), barsPerYear);
    const before = time[from] - dayMs * 30;
    return {
      train: { from: before - 2500 * dayMs, to: before - 400 * dayMs },
      validation: { from: before - 370 * dayMs, to: before },
      test: { from: time[from + 1], to: time[to] },
      agentSharpe: agent.map(ratio),
      baselineSharpe: Object.fromEntries(
        baselines.map(([name, runs]) => [name, runs.reduce((sum, run) => sum + ratio(run), 0) / runs.length]),
      ),
    };
  });
}
