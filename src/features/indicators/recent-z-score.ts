/** @file How unusual something is beside what it was over the last bars. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingDeviation } from "../rolling-moments.ts";

/**
 * z = (x − mean) / σ of an indicator's one output over the last n bars, this one included (σ of the population, so
 * |z| ≤ √(n − 1)); 0 where they are all equal.
 */
export function recentZScore(inner: Indicator, period: number): Indicator {
  const window = rollingDeviation(period);
  return indicator(["zScore"], inner.warmUpBars + period - 1, [inner, window], (bar, into, at) => {
    inner.next(bar, into, at);
    const value = into[at];
    if (Number.isNaN(value)) return;
    window.take(value);
    const deviation = window.deviation();
    into[at] = deviation === 0 ? 0 : (value - window.mean()) / deviation;
  });
}
