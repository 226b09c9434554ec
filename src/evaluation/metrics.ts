/** @file What an equity curve and its fills say about a strategy, in the field's usual numbers. */
import { invariant } from "#base/invariant.ts";
import { dayMs } from "#domain/day.ts";
import type { Fill } from "#domain/fill.ts";
import type { TripSums } from "./round-trips.ts";
import { roundTrips, tripSums } from "./round-trips.ts";

/** What a backtest leaves behind: equity at each bar close of the tested span, `[T+1]` with the starting capital first. */
export interface EquityCurve {
  /** Unix ms UTC, `[T+1]`. */
  readonly time: Float64Array;
  /** Account currency, `[T+1]`. */
  readonly equity: Float64Array;
}

/** Fractions are fractions (0.1 is 10 %); money is in account currency; `undefined` is a number that does not exist here. */
export interface Metrics {
  readonly totalReturn: number;
  /** Geometric; −1 after ruin. */
  readonly annualReturn: number;
  readonly volatility: number;
  readonly sharpe: number;
  /** Absent where no bar lost and some gained. */
  readonly sortino: number | undefined;
  /** Annual return over maximum drawdown; absent without a drawdown. */
  readonly calmar: number | undefined;
  /** Positive fraction of the high-water mark. */
  readonly maxDrawdown: number;
  /** The longest run of bars spent below a high-water mark. */
  readonly maxDrawdownBars: number;
  /** Money won over money lost in closed round trips; absent where none lost. */
  readonly profitFactor: number | undefined;
  /** Mean profit of a closed round trip over the value at entry; absent without round trips. */
  readonly expectancyReturn: number | undefined;
  /** Mean profit of a closed round trip in account currency; absent without round trips. */
  readonly expectancyMoney: number | undefined;
  /** Share of closed round trips that made money; absent without round trips. */
  readonly winRate: number | undefined;
  /** Closed round trips. */
  readonly trades: number;
  /** Value traded in a year over the mean equity. */
  readonly turnover: number;
  /** Share of bars with a position. */
  readonly exposure: number;
  /**
   * Mean value of all positions over equity, long and short alike (gross) and signed (net); absent where nobody measured it. Of
   * a long and a short one of the same size beside each other the net is 0.
   */
  readonly grossExposure: number | undefined;
  readonly netExposure: number | undefined;
  /** Fees, spread and slippage, in account currency. */
  readonly costs: number;
  /** Costs over the gain before costs; absent where there was no such gain. */
  readonly costShare: number | undefined;
  readonly finalEquity: number;
}

/** Fewer bars than this have no yearly number that means anything: the error of a Sharpe ratio is as large as a year's worth of it. */
export const leastYearlyBars = 30;

/** Scaled to a year, and so not told of fewer bars. */
export const yearlyMetrics: readonly (keyof Metrics)[] = [
  "annualReturn",
  "volatility",
  "sharpe",
  "sortino",
  "calmar",
  "turnover",
];

export interface MetricSettings {
  readonly barsPerYear: number;
  /** Bars at whose close a position was held. */
  readonly exposureBars: number;
  /** Mean over all bars of what was held at their closes, as fractions of equity. */
  readonly grossExposure?: number;
  readonly netExposure?: number;
  /** All that trading cost, as the ledger counts it: fees, spread and slippage. */
  readonly costs: number;
  /** Value of one unit at a price of 1, by symbol; 1 where it is not named. */
  readonly contractSizes?: Readonly<Record<string, number>>;
}

/** All metrics of one run. Fills are in the order in which they happened. */
export function metrics(curve: EquityCurve, fills: readonly Fill[], settings: MetricSettings): Metrics {
  const { barsPerYear, exposureBars, grossExposure, netExposure, costs, contractSizes = {} } = settings;
  const { equity } = curve;
  invariant(equity.length >= 2, "a curve holds at least one bar", { points: equity.length });
  const bars = equity.length - 1;
  const returns = simpleReturns(equity);
  const first = equity[0];
  const finalEquity = equity[bars];
  const annual = annualReturn(returns, barsPerYear);
  const { depth, longestBars } = drawdown(equity);
  const trips = roundTrips(fills, contractSizes);
  const traded = sum(fills.map((fill) => tradedValue(fill, contractSizes)));
  const gross = finalEquity - first + costs;
  const down = sortino(returns, barsPerYear);
  return {
    totalReturn: finalEquity / first - 1,
    annualReturn: annual,
    volatility: volatility(returns, barsPerYear),
    sharpe: sharpe(returns, barsPerYear),
    sortino: Number.isFinite(down) ? down : undefined,
    calmar: depth > 0 ? annual / depth : undefined,
    maxDrawdown: depth,
    maxDrawdownBars: longestBars,
    ...tripMetrics(tripSums(trips)),
    trades: trips.length,
    turnover: traded / (bars / barsPerYear) / mean(equity),
    exposure: exposureBars / bars,
    grossExposure,
    netExposure,
    costs,
    costShare: gross > 0 ? costs / gross : undefined,
    finalEquity,
  };
}

/** What round trips earned: those of one run, or of several runs together. */
export function tripMetrics({
  closed,
  wins,
  won,
  lost,
  returns,
}: TripSums): Pick<Metrics, "profitFactor" | "expectancyReturn" | "expectancyMoney" | "winRate"> {
  return {
    profitFactor: lost > 0 ? won / lost : undefined,
    expectancyReturn: closed > 0 ? returns / closed : undefined,
    expectancyMoney: closed > 0 ? (won - lost) / closed : undefined,
    winRate: closed > 0 ? wins / closed : undefined,
  };
}

/** What a fill bought or sold, in account currency. */
export function tradedValue(
  { units, price, rate = 1, symbol }: Fill,
  contractSizes: Readonly<Record<string, number>>,
): number {
  return units * price * rate * (contractSizes[symbol] ?? 1);
}

/** Simple returns per bar, eₜ / eₜ₋₁ − 1, `[T]`; 0 after ruin (equity of 0 or less), where nothing can be earned any more. */
export function simpleReturns(equity: ArrayLike<number>): Float64Array {
  const returns = new Float64Array(Math.max(equity.length - 1, 0));
  for (let t = 0; t < returns.length; t++) {
    if (equity[t] > 0) returns[t] = Math.max(equity[t + 1] / equity[t] - 1, -1);
  }
  return returns;
}

/** The worst UTC day, from the last equity of the day before to its own last, as a positive fraction; 0 where no day lost. */
export function worstDayLoss({ time, equity }: EquityCurve): number {
  let worst = 0;
  let before = equity[0];
  for (let t = 1; t < equity.length; t++) {
    const isLast = t === equity.length - 1 || Math.floor(time[t + 1] / dayMs) !== Math.floor(time[t] / dayMs);
    if (!isLast) continue;
    if (before > 0) worst = Math.max(worst, 1 - equity[t] / before);
    before = equity[t];
  }
  return worst;
}

/** mean / deviation (n − 1) · √barsPerYear of simple returns per bar (Sharpe, 1966, over a riskless rate of 0); 0 where the returns do not vary. */
export function sharpe(returns: ArrayLike<number>, barsPerYear: number): number {
  const { mean: average, deviation } = moments(returns);
  return deviation === 0 ? 0 : (average / deviation) * Math.sqrt(barsPerYear);
}

/**
 * mean / √(mean of min(r, 0)² over all bars) · √barsPerYear (Sortino and van der Meer, 1991, with a target of 0);
 * 0 where nothing moved, Infinity where some bar gained and none lost.
 */
export function sortino(returns: ArrayLike<number>, barsPerYear: number): number {
  let total = 0;
  let squares = 0;
  for (let t = 0; t < returns.length; t++) {
    total += returns[t];
    if (returns[t] < 0) squares += returns[t] * returns[t];
  }
  if (squares === 0) return total > 0 ? Infinity : 0;
  return (total / returns.length / Math.sqrt(squares / returns.length)) * Math.sqrt(barsPerYear);
}

/** Deviation (n − 1) of simple returns per bar · √barsPerYear. */
export function volatility(returns: ArrayLike<number>, barsPerYear: number): number {
  return moments(returns).deviation * Math.sqrt(barsPerYear);
}

/** (Π (1 + rₜ))^(barsPerYear / T) − 1: the steady yearly return that ends at the same place. */
export function annualReturn(returns: ArrayLike<number>, barsPerYear: number): number {
  let growth = 1;
  for (let t = 0; t < returns.length; t++) growth *= 1 + returns[t];
  return growth <= 0 ? -1 : growth ** (barsPerYear / returns.length) - 1;
}

/** Deepest fall below the high-water mark, as a positive fraction of it in [0, 1], and the longest time spent below one. */
export function drawdown(equity: ArrayLike<number>): { readonly depth: number; readonly longestBars: number } {
  let depth = 0;
  let under = 0;
  let longestBars = 0;
  for (const fall of drawdowns(equity)) {
    under = fall > 0 ? under + 1 : 0;
    depth = Math.max(depth, fall);
    longestBars = Math.max(longestBars, under);
  }
  return { depth, longestBars };
}

/** Fall below the high-water mark at each point, as a positive fraction of it in [0, 1], `[T+1]`. */
export function drawdowns(equity: ArrayLike<number>): Float64Array {
  let peak = -Infinity;
  return Float64Array.from(equity, (value) => {
    peak = Math.max(peak, value);
    return Math.min((peak - value) / peak, 1);
  });
}

/** Mean and deviation (n − 1); a deviation that is only rounding counts as 0. */
export function moments(values: ArrayLike<number>): { readonly mean: number; readonly deviation: number } {
  const average = mean(values);
  let squares = 0;
  for (let t = 0; t < values.length; t++) squares += (values[t] - average) ** 2;
  const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  return { mean: average, deviation: deviation <= 1e-12 * Math.abs(average) ? 0 : deviation };
}

export function mean(values: ArrayLike<number>): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let t = 0; t < values.length; t++) total += values[t];
  return total;
}
