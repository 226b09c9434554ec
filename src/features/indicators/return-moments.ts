/** @file Mean and standard deviation of the recent log returns. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns } from "../log-returns.ts";
import { rollingDeviation } from "../rolling-moments.ts";

/** mean = Σr / n and deviation = √(Σ(r − mean)² / (n − 1)) of the last n log returns, per bar. */
export function returnMoments(period = 60): Indicator {
  const returns = rollingDeviation(period);
  const next = logReturns();
  return indicator(["mean", "deviation"], period + 1, [returns, next], (bar, into, at) => {
    returns.take(next(bar));
    into[at] = returns.mean();
    into[at + 1] = Math.sqrt(returns.squares() / (period - 1));
  });
}
