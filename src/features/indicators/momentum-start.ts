/** @file Momentum that begins: the rate of change, its change, and whether it grows while it is still small. */
import type { Indicator } from "../indicator.ts";
import { delayed } from "../delayed.ts";
import { indicator } from "../indicator.ts";

/** roc = close / close[n] − 1; acceleration = roc − roc[1]; start = 1 where acceleration > 0 and |roc| < 5 %, else 0. Murphy, 1999. */
export function momentumStart(period: number): Indicator {
  const closes = delayed(period);
  const previous = Float64Array.of(NaN);
  return indicator(["roc", "acceleration", "start"], period + 2, [closes, previous], ({ close }, into, at) => {
    const before = closes(close);
    const rate = (close - before) / before;
    const acceleration = rate - previous[0];
    previous[0] = rate;
    into[at] = rate;
    into[at + 1] = acceleration;
    into[at + 2] = acceleration > 0 && Math.abs(rate) < 0.05 ? 1 : 0;
  });
}
