/** @file Rate of change: the return over several bars, in percent. */
import type { Indicator } from "../indicator.ts";
import { delayed } from "../delayed.ts";
import { indicator } from "../indicator.ts";

/** ROCₜ = 100 · (closeₜ / closeₜ₋ₙ − 1). */
export function rateOfChange(period: number): Indicator {
  const closes = delayed(period);
  return indicator(["roc"], period + 1, [closes], (bar, into, at) => {
    const before = closes(bar.close);
    // The difference first: exact for prices that lie close together.
    into[at] = (100 * (bar.close - before)) / before;
  });
}
