/** @file The slope of a straight line through the last closes. */
import { invariant } from "#base/invariant.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingLine } from "../rolling-line.ts";

/** Least-squares slope of the last n closes, in price a bar: Σ (k − k̄)(close_k − close_0) / Σ (k − k̄)². Legendre, 1805. */
export function regressionSlope(period = 20): Indicator {
  invariant(period >= 2, "a line needs two closes", { period });
  const closes = rollingLine(period);
  return indicator(["slope"], period, [closes], ({ close }, into, at) => {
    closes.take(close);
    into[at] = closes.slope();
  });
}
