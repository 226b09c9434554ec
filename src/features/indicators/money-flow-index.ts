/** @file MFI: the share of the traded money that moved on rising prices, 0 to 100. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingSum } from "../rolling-sum.ts";

/**
 * MFI = 100 · rising / (rising + falling): sums of typical price · volume over the last n bars whose typical price rose
 * or fell; 50 where neither flowed. Quong and Soudack, Stocks & Commodities, 1989.
 */
export function moneyFlowIndex(period = 14): Indicator {
  const rising = rollingSum(period);
  const falling = rollingSum(period);
  const previous = Float64Array.of(NaN);
  return indicator(["mfi"], period + 1, [rising, falling, previous], (bar, into, at) => {
    const typical = (bar.high + bar.low + bar.close) / 3;
    const flow = typical * bar.volume;
    const change = typical - previous[0];
    // A third of a sum is rounded: typical prices that differ by less are the same price.
    const moved = Math.abs(change) > 1e-12 * typical;
    // At the first bar both are 0: it has fallen out of the window when the first answer is given.
    const up = rising(moved && change > 0 ? flow : 0);
    const all = up + falling(moved && change < 0 ? flow : 0);
    previous[0] = typical;
    into[at] = all === 0 ? 50 : (100 * up) / all;
  });
}
