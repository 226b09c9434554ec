/** @file Variance ratio: above 1 where returns follow each other (trend), below 1 where they undo each other (reversion). */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns, steady } from "../log-returns.ts";
import { rollingDeviation } from "../rolling-moments.ts";
import { rollingSum } from "../rolling-sum.ts";

/**
 * VR(q) = σ²(q) / σ²(1) over the last n log returns with mean μ, overlapping and bias-corrected:
 * σ²(1) = Σ(r − μ)² / (n − 1), σ²(q) = Σ(sum of q returns − qμ)² / (q(n − q + 1)(1 − q/n)).
 * 1 where all returns are equal but for rounding. Lo and MacKinlay, Review of Financial Studies 1, 1988.
 */
export function varianceRatio(horizon = 5, period = 120): Indicator {
  const returns = rollingDeviation(period);
  const together = rollingSum(horizon);
  const sums = rollingDeviation(period - horizon + 1);
  const next = logReturns();
  const freedom = horizon * (period - horizon + 1) * (1 - horizon / period);
  return indicator(["varianceRatio"], period + 1, [returns, together, sums, next], (bar, into, at) => {
    const value = next(bar);
    returns.take(value);
    sums.take(together(value));
    const variance = returns.squares() / (period - 1);
    // The returns at the window's edges are in fewer sums: the mean of the sums is not that of as many returns.
    const off = sums.mean() - horizon * returns.mean();
    const squares = sums.squares() + (period - horizon + 1) * off * off;
    into[at] = steady(variance) ? 1 : squares / freedom / variance;
  });
}
