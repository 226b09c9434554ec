/** @file Rate of change: the return over several bars, in percent. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { oldest, push, rolling } from "../rolling.ts";

/** ROCₜ = 100 · (closeₜ / closeₜ₋ₙ − 1). */
export function rateOfChange(period: number): Indicator {
  const closes = rolling(period + 1);
  return indicator(["roc"], period + 1, [closes], (bar, into, at) => {
    push(closes, bar.close);
    const before = oldest(closes);
    // The difference first: exact for prices that lie close together.
    into[at] = (100 * (bar.close - before)) / before;
  });
}
