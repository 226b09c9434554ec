/** @file What a report says, as plain JSON: filled in after a backtest or walk-forward, drawn by `report.ts`. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import type { PositionName } from "#domain/leg.ts";
import type { Side } from "#domain/order.ts";
import type { Confidence } from "#training/confidence.ts";
import type { Activity } from "./activity.ts";
import type { EquityBand } from "./equity-band.ts";
import type { Examination } from "./examination.ts";
import type { Verification } from "./leaks/verify.ts";
import type { MetricIntervals } from "./metric-intervals.ts";
import { metricIntervals } from "./metric-intervals.ts";
import type { EquityCurve, Metrics } from "./metrics.ts";
import { drawdowns, mean, simpleReturns, tripMetrics, worstDayLoss } from "./metrics.ts";
import type { YearOfMonths } from "./monthly-returns.ts";
import type { TripSums } from "./round-trips.ts";
import type { Regime } from "./regimes.ts";
import type { Verdict } from "./significance.ts";
import type { StressFigures, StressTest } from "./stress-test.ts";
import type { Drawdown } from "./worst-drawdowns.ts";
import type { Evidence } from "./statistics/evidence.ts";
import type { ReportTrials } from "./trial-count.ts";
import type { ReportVault } from "./vault-note.ts";

/** Plain values, nested as a configuration is. */
export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [key: string]: Json };

/** All times are Unix ms UTC. Money is in account currency. What is absent was not asked for, and the page says so. */
export interface ReportData extends Partial<Examination> {
  readonly runId: string;
  readonly createdAt: number;
  /** What was typed to get this report. */
  readonly command: string;
  readonly codeVersion: string;
  readonly verdict: Verdict;
  /** Was the agent trained or chosen on some of the tested bars? Absent in reports of versions that did not say. */
  readonly inSample?: boolean;
  /** PSR, DSR, PBO and the like; absent in reports of versions that had none. */
  readonly statistics?: Evidence;
  /** The agent less each rule and each rival, the best baseline first; random agents have a distribution instead. */
  readonly differences?: readonly ReportDifference[];
  readonly market: ReportMarket;
  /** Opens of the tested bars, that of the starting capital first, `[T+1]`; every curve below is at the closes of these. */
  readonly time: readonly number[];
  /** The agent and every baseline; names are those of the verdict. */
  readonly contenders: readonly ReportContender[];
  /** Over the tested span, one for each instrument. */
  readonly prices: readonly ReportPrice[];
  /** The agent's trades, one entry for each of its runs. */
  readonly trades: readonly ReportTrades[];
  readonly folds: readonly ReportFold[];
  /** How else the agent's equity could have gone. */
  readonly equityBand?: EquityBand | undefined;
  /** The agent's deepest falls over all its runs, the deepest first. Places are points of `time`. */
  readonly drawdowns?: readonly (Drawdown & { readonly label: string })[] | undefined;
  /** What the agent earned month by month, mean over its runs. */
  readonly months?: readonly YearOfMonths[] | undefined;
  readonly regimes?: readonly Regime[] | undefined;
  /** How far the agent's confidence can be believed; absent where it has none, or several agents decide. */
  readonly confidence?: ReportConfidence | undefined;
  /** How many agents and settings were tried, this one too, as the project's ledger counts them; absent: nobody counted. */
  readonly trials?: ReportTrials | undefined;
  /** Of the project; absent where nothing was ever sealed. */
  readonly vault?: ReportVault | undefined;
  /** The agent in a stressed copy of the market; absent where nobody asked. */
  readonly stress?: ReportStress | undefined;
  /** What the leak battery found of the agent; absent where it was not run. */
  readonly verification?: Verification | undefined;
  /** A sentence that says so, where look-ahead labels taught the agent; absent where none did. */
  readonly lookAhead?: string | undefined;
  readonly seeds: readonly number[];
  readonly settings: Json;
  /** Full sentences: what was not tested, what is missing, what the reader should not conclude. */
  readonly warnings: readonly string[];
}

interface ReportMarket {
  readonly name: string;
  readonly timeframe: string;
  readonly symbols: readonly string[];
  readonly currency: string;
  /** Opens of the first and last bar of the whole series, training included. */
  readonly from: number;
  readonly to: number;
  readonly bars: number;
  /** Where the bars come from, e.g. a file or a package. */
  readonly source: string;
  readonly dataHash: string;
  /** Defects found in the data, by kind, and how many. */
  readonly quality: Readonly<Record<string, number>>;
}

interface ReportStress extends Omit<StressTest, "events"> {
  readonly preset: string;
  /** Of the stressed market. */
  readonly seed: number;
  readonly events: number;
  /** The same agent in more stressed copies, each from a seed of its own; absent where there was one. */
  readonly copies?: readonly (StressFigures & { readonly seed: number })[] | undefined;
}

/** On the validation span, as the model keeps it. */
export type ReportConfidence = Omit<Confidence, "calibration">;

export interface ReportContender {
  readonly name: string;
  readonly role: "agent" | "baseline";
  /** Mean over runs, `[T+1]`. */
  readonly equity: readonly number[];
  /** Mean over runs of each run's drawdown (a fraction, 0 at a high-water mark), `[T+1]`; a mean equity would hide it. */
  readonly drawdown: readonly number[];
  /** Lowest and highest equity among the runs; absent for one run. */
  readonly band: { readonly lower: readonly number[]; readonly upper: readonly number[] } | undefined;
  /** Mean over runs, of those runs where the number exists; what round trips earned and the share of costs, of all runs together. */
  readonly metrics: Metrics;
  readonly intervals: MetricIntervals;
  readonly runs: readonly ReportRun[];
}

interface ReportRun {
  readonly label: string;
  readonly sharpe: number;
  /** Positive fraction; these two are absent in reports of versions that did not keep them. */
  readonly maxDrawdown?: number;
  /** The worst day, UTC, as a positive fraction of the equity before it. */
  readonly worstDayLoss?: number;
}

export interface ReportDifference {
  /** The contender that the agent's numbers are taken less of. */
  readonly than: string;
  /** Paired: the same blocks of time are redrawn for both. */
  readonly metrics: MetricIntervals;
}

interface ReportPrice {
  readonly symbol: string;
  /** Closes, `[T+1]`. */
  readonly close: readonly number[];
}

interface ReportTrades {
  /** E.g. "seed 1". */
  readonly label: string;
  readonly fills: readonly ReportFill[];
}

interface ReportFill extends PositionName {
  readonly side: Side;
  readonly units: number;
  readonly price: number;
  readonly filledAt: number;
  /** Close of the bar that it was decided at; absent of stops, targets and liquidations, and in reports that did not keep it. */
  readonly decidedAt?: number | undefined;
}

/** Times of the first and last bar. */
export interface ReportSpan {
  readonly from: number;
  readonly to: number;
}

export interface ReportFold {
  readonly train: ReportSpan;
  /** Absent where there was none. */
  readonly validation: ReportSpan | undefined;
  readonly test: ReportSpan;
  /** Annualised Sharpe over the test span by run of the agent, in the order of `trades`. */
  readonly agentSharpe: readonly number[];
  /** By baseline: the mean over its runs. */
  readonly baselineSharpe: Readonly<Record<string, number>>;
}

/** A run as it is measured for the report. */
export interface ReportedRun {
  readonly label: string;
  readonly curve: EquityCurve;
  readonly metrics: Metrics;
  readonly trips: TripSums;
  readonly activity?: Activity;
}

export interface ContenderInput {
  readonly name: string;
  readonly role: "agent" | "baseline";
  readonly runs: readonly ReportedRun[];
  readonly barsPerYear: number;
  readonly rng: Rng;
  readonly resamples?: number;
}

/** A contender from its runs: mean curves, the band they span, mean metrics and their intervals. */
export function reportContender({ name, role, runs, ...options }: ContenderInput): ReportContender {
  invariant(runs.length > 0, "a contender has at least one run", { name });
  const curves = runs.map(({ curve }) => curve.equity);
  return {
    name,
    role,
    equity: acrossRuns(curves, mean),
    drawdown: acrossRuns(curves.map(drawdowns), mean),
    band:
      runs.length === 1
        ? undefined
        : {
            lower: acrossRuns(curves, (values) => Math.min(...values)),
            upper: acrossRuns(curves, (values) => Math.max(...values)),
          },
    metrics: meanMetrics(runs),
    intervals: metricIntervals(
      runs.map(({ curve, activity }) => ({ returns: simpleReturns(curve.equity), activity })),
      options,
    ),
    runs: runs.map(({ label, curve, metrics: { sharpe, maxDrawdown } }) => {
      return { label, sharpe, maxDrawdown, worstDayLoss: worstDayLoss(curve) };
    }),
  };
}

function acrossRuns(columns: readonly Float64Array[], merge: (values: number[]) => number): number[] {
  return Array.from(columns[0], (_, t) => merge(columns.map((column) => column[t])));
}

/**
 * Each metric's mean over the runs where it exists; absent where it exists in none. What round trips earned is that of all runs
 * together: a mean of profit factors would follow the run that closed one position.
 */
export function meanMetrics(of: readonly Pick<ReportedRun, "metrics" | "trips">[]): Metrics {
  const runs = of.map(({ metrics }) => metrics);
  const total = (name: keyof TripSums): number => of.reduce((sum, { trips }) => sum + trips[name], 0);
  const known = (name: keyof Metrics): number[] =>
    runs.map((run) => run[name]).filter((value): value is number => value !== undefined);
  const always = (name: keyof Metrics): number => mean(known(name));
  const sometimes = (name: keyof Metrics): number | undefined => (known(name).length > 0 ? always(name) : undefined);
  return {
    totalReturn: always("totalReturn"),
    annualReturn: always("annualReturn"),
    volatility: always("volatility"),
    sharpe: always("sharpe"),
    sortino: sometimes("sortino"),
    calmar: sometimes("calmar"),
    maxDrawdown: always("maxDrawdown"),
    maxDrawdownBars: always("maxDrawdownBars"),
    ...tripMetrics({
      closed: total("closed"),
      wins: total("wins"),
      won: total("won"),
      lost: total("lost"),
      returns: total("returns"),
    }),
    trades: always("trades"),
    turnover: always("turnover"),
    exposure: always("exposure"),
    grossExposure: sometimes("grossExposure"),
    netExposure: sometimes("netExposure"),
    costs: always("costs"),
    costShare: pooledCostShare(runs),
    finalEquity: always("finalEquity"),
  };
}

/** Costs of all runs over their gain before costs: a mean of shares would follow the one run whose gain was next to nothing. */
function pooledCostShare(runs: readonly Metrics[]): number | undefined {
  const costs = mean(runs.map((run) => run.costs));
  const gain = mean(runs.map(({ finalEquity, totalReturn }) => finalEquity - finalEquity / (1 + totalReturn)));
  return costs + gain > 0 ? costs / (costs + gain) : undefined;
}
