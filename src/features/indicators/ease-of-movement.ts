/** @file Ease of movement: how far the middle of the bar moved for its volume, in price² per unit. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingMean } from "../rolling-moments.ts";

/** EOM = SMA((middle − middle[1]) · (high − low) / volume, n), middle = (high + low) / 2; a bar without volume counts 0. Arms, Volume Cycles in the Stock Market, 1983. */
export function easeOfMovement(period = 14): Indicator {
  const average = rollingMean(period);
  const previousMiddle = Float64Array.of(NaN);
  return indicator(["ease"], period + 1, [average, previousMiddle], ({ high, low, volume }, into, at) => {
    const middle = (high + low) / 2;
    const move = middle - previousMiddle[0];
    previousMiddle[0] = middle;
    if (Number.isNaN(move)) return;
    into[at] = average(volume === 0 ? 0 : (move * (high - low)) / volume);
  });
}
