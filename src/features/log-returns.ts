/** @file Log returns bar by bar, and when they hold nothing but rounding. */
import type { Bar } from "#domain/bar.ts";

/** ln(close / previous close); 0 at the first bar, which has none. */
export function logReturns(): (bar: Bar) => number {
  let previousClose = 0;
  return ({ close }) => {
    const logReturn = previousClose === 0 ? 0 : Math.log(close / previousClose);
    previousClose = close;
    return logReturn;
  };
}

/** Variance of log returns below which they differ by rounding only: a deviation of 1e-12 a bar. */
const negligibleVariance = 1e-24;

/** Are the returns of this variance all equal, but for rounding? */
export function steady(variance: number): boolean {
  return variance < negligibleVariance;
}
