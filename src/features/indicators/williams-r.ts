/** @file Williams %R: how far the close stands below the highest high, −100 to 0. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { highest, lowest, push, rolling } from "../rolling.ts";

/** %R = −100 · (highest high − close) / (highest high − lowest low); −50 where there is no range. Williams, 1973. */
export function williamsR(period = 14): Indicator {
  const highs = rolling(period);
  const lows = rolling(period);
  return indicator(["williamsR"], period, [highs, lows], (bar, into, at) => {
    push(highs, bar.high);
    push(lows, bar.low);
    const high = highest(highs);
    const range = high - lowest(lows);
    into[at] = range === 0 ? -50 : (-100 * (high - bar.close)) / range;
  });
}
