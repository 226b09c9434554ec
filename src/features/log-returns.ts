/** @file Log returns bar by bar, and when they hold nothing but rounding. */
import type { Bar } from "#domain/bar.ts";
import type { Remembering } from "./memory.ts";
import { remembering } from "./memory.ts";

/** ln(close / previous close); 0 at the first bar, which has none. */
export function logReturns(): ((bar: Bar) => number) & Remembering {
  const previousClose = new Float64Array(1);
  return remembering([previousClose], ({ close }: Bar) => {
    const logReturn = previousClose[0] === 0 ? 0 : Math.log(close / previousClose[0]);
    previousClose[0] = close;
    return logReturn;
  });
}

/** Variance of log returns, or of log prices about a line, below which it is rounding only: a deviation of 1e-12 a bar. */
export const negligibleVariance = 1e-24;

/** Are the returns of this variance all equal, but for rounding? */
export function steady(variance: number): boolean {
  return variance < negligibleVariance;
}
