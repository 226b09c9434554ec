/** @file The slope of a straight line through the last closes. */
import { invariant } from "#base/invariant.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { first, push, rolling } from "../rolling.ts";

/** Least-squares slope of the last n closes, in price a bar: Σ (k − k̄)(close_k − close_0) / Σ (k − k̄)². Legendre, 1805. */
export function regressionSlope(period = 20): Indicator {
  invariant(period >= 2, "a line needs two closes", { period });
  const closes = rolling(period);
  const middle = (period - 1) / 2;
  const spread = (period * (period * period - 1)) / 12;
  return indicator(["slope"], period, [closes], ({ close }, into, at) => {
    push(closes, close);
    const { values } = closes;
    const start = first(closes);
    const origin = values[start];
    let product = 0;
    for (let k = 0; k < period; k++) product += (k - middle) * (values[start + k] - origin);
    into[at] = product / spread;
  });
}
