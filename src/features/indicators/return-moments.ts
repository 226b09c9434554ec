/** @file Mean and standard deviation of the recent log returns. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns } from "../log-returns.ts";
import { mean, push, rolling, sumOfPowers } from "../rolling.ts";

/** mean = Σr / n and deviation = √(Σ(r − mean)² / (n − 1)) of the last n log returns, per bar. */
export function returnMoments(period = 60): Indicator {
  const returns = rolling(period);
  const next = logReturns();
  return indicator(["mean", "deviation"], period + 1, [returns, next], (bar, into, at) => {
    push(returns, next(bar));
    const centre = mean(returns);
    into[at] = centre;
    into[at + 1] = Math.sqrt(sumOfPowers(returns, centre, 2) / (period - 1));
  });
}
