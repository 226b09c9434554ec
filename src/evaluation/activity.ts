/** @file What a run did beside earning, bar by bar: the series of which exposure, turnover, costs and round trips are the sums. */
import type { Blocks } from "#base/blocks.ts";
import type { Backtest } from "./backtest.ts";
import type { RoundTrip } from "./round-trips.ts";

/** Of the bars that a run's returns are of, `[T]` each. */
export interface Activity {
  /** At each close, the capital first, in account currency, `[T+1]`. */
  readonly equity: Float64Array;
  /** Value of all positions at the close as a fraction of equity, long and short alike, and signed; 0 where no equity is left. */
  readonly gross: Float64Array;
  readonly net: Float64Array;
  /** Value traded, and what trading and holding cost, in account currency. */
  readonly traded: Float64Array;
  readonly costs: Float64Array;
  /** Round trips that were closed. */
  readonly closed: Float64Array;
}

/** The activity of a backtest that made these round trips, in the order in which they closed. */
export function activityOf(
  run: Pick<Backtest, "curve" | "gross" | "net" | "traded" | "costs">,
  trips: readonly RoundTrip[],
): Activity {
  const { time, equity } = run.curve;
  const closed = new Float64Array(equity.length - 1);
  let bar = 0;
  for (const { closedAt } of trips) {
    while (bar < closed.length - 1 && time[bar + 1] <= closedAt) bar++;
    closed[bar]++;
  }
  const solvent = (weights: Float64Array): Float64Array =>
    weights.map((weight, t) => (equity[t] > 0 ? weight : 0)).subarray(1);
  return {
    equity,
    gross: solvent(run.gross),
    net: solvent(run.net),
    traded: run.traded.subarray(1),
    costs: run.costs.subarray(1),
    closed,
  };
}

/** In how many bars was a position held at the close? */
export function exposedBars({ gross }: Activity): number {
  return gross.reduce((count, weight) => count + Number(weight !== 0), 0);
}

/** The metrics that a run's activity decides, in the order of `activityStatistics`. */
export const activityMetrics = ["exposure", "grossExposure", "netExposure", "trades", "turnover", "costs"] as const;

/**
 * These metrics of redrawn bars, and the gain before costs in account currency, from running sums: no resample touches a bar. Within a block equity goes as it went in history, from
 * where the blocks before have brought it, and what was traded and paid in the block goes in proportion.
 */
export function activityStatistics(
  { equity, gross, net, traded, costs, closed }: Activity,
  barsPerYear: number,
): (blocks: Blocks) => number[] {
  const bars = gross.length;
  const held = gross.map((weight) => (weight === 0 ? 0 : 1));
  const table = runningSums([held, gross, net, closed, traded, costs, equity.subarray(1)], equity);
  return (blocks) => {
    const totals = new Float64Array(7);
    const [capital] = equity;
    let now = capital;
    const add = (first: number, end: number): void => {
      const [from, to] = [8 * first, 8 * end];
      const before = table[from + 7];
      // After ruin nothing is earned or traded any more.
      const scale = before > 0 ? now / before : 0;
      for (let n = 0; n < 4; n++) totals[n] += table[to + n] - table[from + n];
      for (let n = 4; n < 7; n++) totals[n] += scale * (table[to + n] - table[from + n]);
      if (before > 0) now = Math.max(scale * table[to + 7], 0);
      else totals[6] += now * (end - first);
    };
    for (let block = 0; block < blocks.count; block++) {
      const first = blocks.start[block];
      const end = first + blocks.length[block];
      add(first, Math.min(end, bars));
      if (end > bars) add(0, end - bars);
    }
    const [exposed, grossly, netly, trips, value, paid, total] = totals;
    const turnover = value / (bars / barsPerYear) / ((capital + total) / (bars + 1));
    return [exposed / bars, grossly / bars, netly / bars, trips, turnover, paid, now - capital + paid];
  };
}

/** Running sums of seven series `[T]`, and equity, `[T + 1][8]`: side by side, for a block asks for all of them at its two ends. */
function runningSums(series: readonly Float64Array[], equity: Float64Array): Float64Array {
  const table = new Float64Array(8 * equity.length);
  equity.forEach((value, t) => (table[8 * t + 7] = value));
  series.forEach((values, n) => {
    values.forEach((value, t) => (table[8 * (t + 1) + n] = table[8 * t + n] + value));
  });
  return table;
}
