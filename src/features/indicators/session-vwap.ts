/** @file VWAP of the running session: its mean typical price, weighted with volume, in price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";

/** Σ typical · volume / Σ volume since the session began, typical = (high + low + close) / 3; the typical price itself while nothing was traded. Berkowitz, Logue and Noser, Journal of Finance 43, 1988. */
export function sessionVwap(sessionOf: (openTime: number) => number): Indicator {
  /** Session, Σ typical · volume, Σ volume. */
  const sums = Float64Array.of(NaN, 0, 0);
  return indicator(["vwap"], 1, [sums], ({ openTime, high, low, close, volume }, into, at) => {
    const session = sessionOf(openTime);
    if (session !== sums[0]) sums.set([session, 0, 0]);
    const typical = (high + low + close) / 3;
    sums[1] += typical * volume;
    sums[2] += volume;
    into[at] = sums[2] === 0 ? typical : sums[1] / sums[2];
  });
}
