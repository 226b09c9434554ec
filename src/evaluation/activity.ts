/** @file What a run did beside earning, bar by bar: the series of which exposure, turnover, costs and what round trips earned are made. */
import type { Blocks } from "#base/blocks.ts";
import type { Backtest } from "./backtest.ts";
import type { RoundTrip, TripSums } from "./round-trips.ts";

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
  /** Of the round trips that were closed in each bar. */
  readonly trips: { readonly [Sum in keyof TripSums]: Float64Array };
}

/** The activity of a backtest that made these round trips, in the order in which they closed. */
export function activityOf(
  run: Pick<Backtest, "curve" | "gross" | "net" | "traded" | "costs">,
  trips: readonly RoundTrip[],
): Activity {
  const { time, equity } = run.curve;
  const bars = equity.length - 1;
  const none = (): Float64Array => new Float64Array(bars);
  const sums = { closed: none(), wins: none(), won: none(), lost: none(), returns: none() };
  let bar = 0;
  for (const { closedAt, profit, returnOnEntry } of trips) {
    while (bar < bars - 1 && time[bar + 1] <= closedAt) bar++;
    sums.closed[bar]++;
    if (profit > 0) sums.wins[bar]++;
    sums.won[bar] += Math.max(profit, 0);
    sums.lost[bar] += Math.max(-profit, 0);
    sums.returns[bar] += returnOnEntry;
  }
  const solvent = (weights: Float64Array): Float64Array =>
    weights.map((weight, t) => (equity[t] > 0 ? weight : 0)).subarray(1);
  return {
    equity,
    gross: solvent(run.gross),
    net: solvent(run.net),
    traded: run.traded.subarray(1),
    costs: run.costs.subarray(1),
    trips: sums,
  };
}

/** In how many bars was a position held at the close? */
export function exposedBars({ gross }: Activity): number {
  return gross.reduce((count, weight) => count + Number(weight !== 0), 0);
}

/** The metrics that a run's activity decides by itself, in the order of `activityStatistics`. */
export const activityMetrics = ["exposure", "grossExposure", "netExposure", "trades", "turnover", "costs"] as const;

/** What runs add up to, and is divided afterwards: the gain before costs, then of round trips all but how many they are. */
export const activitySums = ["gain", "wins", "returns", "won", "lost"] as const;

/** Series that are added as they are, and those in account currency, which go with equity. */
const [plain, inMoney] = [6, 5];
const width = plain + inMoney + 1;

/**
 * These metrics and sums of redrawn bars, from running sums: no resample touches a bar. Within a block equity goes as it went in
 * history, from where the blocks before have brought it, and what was traded, paid, won and lost in the block goes in proportion.
 */
export function activityStatistics(
  { equity, gross, net, traded, costs, trips }: Activity,
  barsPerYear: number,
): (blocks: Blocks) => number[] {
  const bars = gross.length;
  const held = gross.map((weight) => (weight === 0 ? 0 : 1));
  const table = runningSums(
    [held, gross, net, trips.closed, trips.wins, trips.returns],
    [traded, costs, trips.won, trips.lost, equity.subarray(1)],
    equity,
  );
  return (blocks) => {
    const totals = new Float64Array(plain + inMoney);
    const [capital] = equity;
    let now = capital;
    const add = (first: number, end: number): void => {
      const [from, to] = [width * first, width * end];
      const before = table[from + width - 1];
      // After ruin nothing is earned or traded any more.
      const scale = before > 0 ? now / before : 0;
      for (let n = 0; n < plain; n++) totals[n] += table[to + n] - table[from + n];
      for (let n = plain; n < width - 1; n++) totals[n] += scale * (table[to + n] - table[from + n]);
      if (before > 0) now = Math.max(scale * table[to + width - 1], 0);
      else totals[width - 2] += now * (end - first);
    };
    for (let block = 0; block < blocks.count; block++) {
      const first = blocks.start[block];
      const end = first + blocks.length[block];
      add(first, Math.min(end, bars));
      if (end > bars) add(0, end - bars);
    }
    const [exposed, grossly, netly, closed, wins, returns, value, paid, won, lost, total] = totals;
    const turnover = value / (bars / barsPerYear) / ((capital + total) / (bars + 1));
    const gain = now - capital + paid;
    return [exposed / bars, grossly / bars, netly / bars, closed, turnover, paid, gain, wins, returns, won, lost];
  };
}

/** Running sums of all series `[T]`, and equity, `[T + 1][width]`: side by side, for a block asks for all of them at its two ends. */
function runningSums(
  asTheyAre: readonly Float64Array[],
  inAccountCurrency: readonly Float64Array[],
  equity: Float64Array,
): Float64Array {
  const table = new Float64Array(width * equity.length);
  equity.forEach((value, t) => (table[width * t + width - 1] = value));
  [...asTheyAre, ...inAccountCurrency].forEach((values, n) => {
    values.forEach((value, t) => (table[width * (t + 1) + n] = table[width * t + n] + value));
  });
  return table;
}
