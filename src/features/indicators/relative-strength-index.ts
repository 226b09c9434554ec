/** @file RSI: how much of the movement was upwards, 0 to 100. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { wilder } from "../smoothing.ts";

/** RSI = 100 · gain / (gain + loss), Wilder's averages of the rises and falls of the close; 50 without movement. Wilder, 1978. */
export function relativeStrengthIndex(period: number): Indicator {
  const averageGain = wilder(period);
  const averageLoss = wilder(period);
  const previous = Float64Array.of(NaN);
  return indicator(["rsi"], period + 1, [averageGain, averageLoss, previous], (bar, into, at) => {
    const change = bar.close - previous[0];
    previous[0] = bar.close;
    if (Number.isNaN(change)) return;
    const gain = averageGain(Math.max(change, 0));
    const loss = averageLoss(Math.max(-change, 0));
    const movement = gain + loss;
    into[at] = movement === 0 ? 50 : (100 * gain) / movement;
  });
}
