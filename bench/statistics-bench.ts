/** @file What the statistics cost: metrics with their bootstrap, and the probability of backtest overfitting. */
import { createRng } from "#base/rng.ts";
import type { Fill } from "#domain/fill.ts";
import { orderId } from "#domain/order.ts";
import { activityOf } from "#evaluation/activity.ts";
import { metricIntervals } from "#evaluation/metric-intervals.ts";
import { metrics, simpleReturns } from "#evaluation/metrics.ts";
import { roundTrips } from "#evaluation/round-trips.ts";
import { overfittingProbability } from "#evaluation/statistics/overfitting-probability.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

const dayMs = 86_400_000;
const rounds = 3;

/** All metrics and 2,000 bootstrap samples of a track of 5,000 days and 500 round trips, on one core. */
export function benchMetrics(): Figure {
  const days = 5000;
  const resamples = 2000;
  const rng = createRng(1);
  const time = Float64Array.from({ length: days + 1 }, (_, t) => t * dayMs);
  const equity = new Float64Array(days + 1).fill(100_000);
  for (let t = 1; t <= days; t++) equity[t] = equity[t - 1] * (1 + 0.0003 + 0.01 * rng.normal());
  const fills = Array.from({ length: 1000 }, (_, at): Fill => {
    const price = 100 + rng.normal();
    const filledAt = time[5 * at];
    const side = at % 2 === 0 ? "buy" : "sell";
    return {
      orderId: orderId("X", filledAt),
      symbol: "X",
      side,
      units: 10,
      price,
      referencePrice: price,
      fee: 0.1,
      filledAt,
    };
  });
  // Bought at every tenth bar, sold five bars later.
  const held = Float64Array.from(time, (_, t) => (t % 10 < 5 ? 0.01 : 0));
  const traded = Float64Array.from(time, (_, t) => (t % 5 === 0 ? 1000 : 0));
  const paid = traded.map((value) => 1e-4 * value);
  const seconds = median(
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      metrics({ time, equity }, fills, { barsPerYear: 252, exposureBars: days / 2, costs: 100 });
      const trips = roundTrips(fills);
      const activity = activityOf({ curve: { time, equity }, gross: held, net: held, traded, costs: paid }, trips);
      metricIntervals([{ returns: simpleReturns(equity), activity }], {
        barsPerYear: 252,
        rng: createRng(2),
        resamples,
      });
      return (performance.now() - start) / 1000;
    }),
  );
  return { value: seconds, unit: "s", days, resamples, roundTrips: fills.length / 2 };
}

/** 100 strategies, 2,500 days and 16 blocks: 12,870 splits. */
export function benchOverfitting(): Figure {
  const rng = createRng(1);
  const strategies = Array.from({ length: 100 }, () => Float64Array.from({ length: 2500 }, () => 0.01 * rng.normal()));
  let splits = 0;
  const seconds = median(
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      const answer = overfittingProbability(strategies);
      if (answer.known) splits = answer.value.splits;
      return (performance.now() - start) / 1000;
    }),
  );
  return { value: seconds, unit: "s", strategies: strategies.length, days: 2500, splits };
}
