/** @file Confidence intervals for the metrics of round trips. */
import type { Rng } from "#base/rng.ts";
import { optimalBlockLength } from "#base/blocks.ts";
import type { Interval } from "../bootstrap.ts";
import { pairedBootstrap, percentileInterval } from "../bootstrap.ts";
import { mean } from "../metrics.ts";
import type { RoundTrip } from "../round-trips.ts";
import type { Answer } from "./answer.ts";
import { known, notEnough } from "./answer.ts";

export interface TradeIntervals {
  readonly winRate: Interval;
  /** Infinite bounds where resamples hold no loss. */
  readonly profitFactor: Interval;
  readonly expectancyMoney: Interval;
  readonly expectancyReturn: Interval;
}

export interface TradeIntervalOptions {
  readonly rng: Rng;
  readonly resamples?: number;
}

const leastTrips = 30;

/**
 * 95 % percentile intervals by the stationary bootstrap over round trips in the order in which they closed, with the block length
 * that their profits ask for.
 */
export function tradeIntervals(trips: readonly RoundTrip[], options: TradeIntervalOptions): Answer<TradeIntervals> {
  if (trips.length < leastTrips) return notEnough(leastTrips, trips.length, "closed round trips");
  const { estimates, values } = redrawn(trips, options);
  return known(named((which) => percentileInterval(estimates[which], values[which])));
}

/**
 * The metrics of one agent's round trips less those of another's, each redrawn by itself: trades of two agents are not paired. The
 * difference of two factors without a loss is 0.
 */
export function tradeDifferences(
  trips: readonly RoundTrip[],
  others: readonly RoundTrip[],
  { rng, resamples = 1000 }: TradeIntervalOptions,
): Answer<TradeIntervals> {
  const fewer = Math.min(trips.length, others.length);
  if (fewer < leastTrips) return notEnough(leastTrips, fewer, "closed round trips of each");
  const one = redrawn(trips, { rng: rng.fork("one"), resamples });
  const other = redrawn(others, { rng: rng.fork("other"), resamples });
  const less = (a: number, b: number): number => (a === b ? 0 : a - b);
  return known(
    named((which) => {
      const values = one.values[which].map((value, n) => less(value, other.values[which][n]));
      return percentileInterval(less(one.estimates[which], other.estimates[which]), values);
    }),
  );
}

function redrawn(
  trips: readonly RoundTrip[],
  { rng, resamples = 1000 }: TradeIntervalOptions,
): { readonly estimates: readonly number[]; readonly values: readonly Float64Array[] } {
  const profits = Float64Array.from(trips, ({ profit }) => profit);
  const returns = Float64Array.from(trips, ({ returnOnEntry }) => returnOnEntry);
  const values = pairedBootstrap([profits, returns], statistics, {
    rng,
    resamples,
    blockLengthBars: optimalBlockLength(profits),
  });
  return { estimates: statistics([profits, returns]), values };
}

/** By the place that `statistics` gives them. */
function named(interval: (which: number) => Interval): TradeIntervals {
  const [winRate, profitFactor, expectancyMoney, expectancyReturn] = [0, 1, 2, 3].map(interval);
  return { winRate, profitFactor, expectancyMoney, expectancyReturn };
}

function statistics([profits, returns]: readonly Float64Array[]): number[] {
  let won = 0;
  let lost = 0;
  let wins = 0;
  for (const profit of profits) {
    if (profit > 0) wins++;
    if (profit > 0) won += profit;
    else lost -= profit;
  }
  const factor = lost > 0 ? won / lost : won > 0 ? Infinity : 0;
  return [wins / profits.length, factor, mean(profits), mean(returns)];
}
