/** @file Variance ratio: above 1 where returns follow each other (trend), below 1 where they undo each other (reversion). */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns, steady } from "../log-returns.ts";
import { first, mean, push, rolling, sumOfPowers } from "../rolling.ts";

/**
 * VR(q) = σ²(q) / σ²(1) over the last n log returns with mean μ, overlapping and bias-corrected:
 * σ²(1) = Σ(r − μ)² / (n − 1), σ²(q) = Σ(sum of q returns − qμ)² / (q(n − q + 1)(1 − q/n)).
 * 1 where all returns are equal but for rounding. Lo and MacKinlay, Review of Financial Studies 1, 1988.
 */
export function varianceRatio(horizon = 5, period = 120): Indicator {
  const returns = rolling(period);
  const next = logReturns();
  const freedom = horizon * (period - horizon + 1) * (1 - horizon / period);
  return indicator(["varianceRatio"], period + 1, [returns, next], (bar, into, at) => {
    push(returns, next(bar));
    const centre = mean(returns);
    const variance = sumOfPowers(returns, centre, 2) / (period - 1);
    const { values } = returns;
    const start = first(returns);
    let squares = 0;
    let together = 0;
    for (let k = start; k < start + period; k++) {
      together += values[k] - centre;
      if (k - start < horizon - 1) continue;
      squares += together * together;
      together -= values[k - horizon + 1] - centre;
    }
    into[at] = steady(variance) ? 1 : squares / freedom / variance;
  });
}
