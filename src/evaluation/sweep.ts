/** @file The same candidates traded again under one changed condition after another: nothing is approximated. */
import type { Backtest, BacktestSetting } from "./backtest.ts";
import type { Candidate } from "./candidate.ts";
import { annualReturn, drawdown, mean, sharpe, simpleReturns } from "./metrics.ts";

/** Means over the runs of one side. Fractions a year, net of all costs. */
export interface SweepFigures {
  readonly sharpe: number;
  readonly annualReturn: number;
  readonly maxDrawdown: number;
  readonly fills: number;
}

interface SweepPoint {
  /** What was changed: basis points, bars, capital. */
  readonly at: number;
  readonly agent: SweepFigures;
  readonly baseline: SweepFigures;
}

/** A sweep, and against whom. */
export interface Sweep {
  readonly baseline: string;
  readonly points: readonly SweepPoint[];
}

export interface SweepOptions {
  /** One for each run of the agent. */
  readonly agent: readonly Candidate[];
  readonly baseline: Candidate;
  readonly barsPerYear: number;
  /** Called after each backtest. */
  readonly onTraded?: (() => void) | undefined;
}

/** Trades every run of the agent, and the baseline, at each of the settings. */
export async function sweep(
  { agent, baseline, barsPerYear, onTraded }: SweepOptions,
  settings: readonly { readonly at: number; readonly setting: BacktestSetting }[],
): Promise<Sweep> {
  const points: SweepPoint[] = [];
  const traded = async (candidates: readonly Candidate[], setting: BacktestSetting): Promise<SweepFigures> => {
    const runs: Backtest[] = [];
    for (const candidate of candidates) {
      runs.push(await candidate.trade(setting));
      onTraded?.();
      // A rule never leaves this thread by itself: let the progress be drawn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return figures(runs, barsPerYear);
  };
  for (const { at, setting } of settings) {
    points.push({ at, agent: await traded(agent, setting), baseline: await traded([baseline], setting) });
  }
  return { baseline: baseline.name, points };
}

function figures(runs: readonly Backtest[], barsPerYear: number): SweepFigures {
  const returns = runs.map(({ curve }) => simpleReturns(curve.equity));
  return {
    sharpe: mean(returns.map((run) => sharpe(run, barsPerYear))),
    annualReturn: mean(returns.map((run) => annualReturn(run, barsPerYear))),
    maxDrawdown: mean(runs.map(({ curve }) => drawdown(curve.equity).depth)),
    fills: mean(runs.map(({ fills }) => fills.length)),
  };
}

/**
 * Where a series of values falls from above 0 to 0 or below, by a straight line between the two points: the first such place;
 * "below" the first point where it begins at 0 or less, "above" the last where it never does.
 */
export function crossing(points: readonly { readonly at: number; readonly value: number }[]): Crossing {
  if (!(points[0].value > 0)) return { kind: "below", at: points[0].at };
  for (let n = 1; n < points.length; n++) {
    const [before, after] = [points[n - 1], points[n]];
    if (after.value > 0) continue;
    const share = before.value / (before.value - after.value);
    return { kind: "at", at: before.at + share * (after.at - before.at) };
  }
  return { kind: "above", at: points[points.length - 1].at };
}

export interface Crossing {
  readonly kind: "below" | "at" | "above";
  readonly at: number;
}
