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

const leastTrips = 30;

/**
 * 95 % percentile intervals by the stationary bootstrap over round trips in the order in which they closed, with the block length
 * that their profits ask for.
 */
export function tradeIntervals(
  trips: readonly RoundTrip[],
  { rng, resamples = 1000 }: { readonly rng: Rng; readonly resamples?: number },
): Answer<TradeIntervals> {
  if (trips.length < leastTrips) return notEnough(leastTrips, trips.length, "closed round trips");
  const profits = Float64Array.from(trips, ({ profit }) => profit);
  const returns = Float64Array.from(trips, ({ returnOnEntry }) => returnOnEntry);
  const values = pairedBootstrap([profits, returns], statistics, {
    rng,
    resamples,
    blockLengthBars: optimalBlockLength(profits),
  });
  const estimates = statistics([profits, returns]);
  const [winRate, profitFactor, expectancyMoney, expectancyReturn] = estimates.map((estimate, which) =>
    percentileInterval(estimate, values[which]),
  );
  return known({ winRate, profitFactor, expectancyMoney, expectancyReturn });
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
