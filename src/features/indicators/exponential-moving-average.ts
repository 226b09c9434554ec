/** @file EMA: a mean of closes whose weights fade, in price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { exponential } from "../smoothing.ts";

/** EMAₜ = EMAₜ₋₁ + α(closeₜ − EMAₜ₋₁), α = 2 / (n + 1), begun as the mean of the first n closes. */
export function exponentialMovingAverage(period: number): Indicator {
  const average = exponential(period);
  return indicator(["ema"], period, [average], (bar, into, at) => {
    into[at] = average(bar.close);
  });
}
