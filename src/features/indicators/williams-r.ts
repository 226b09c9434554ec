/** @file Williams %R: how far the close stands below the highest high, −100 to 0. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { slidingHighest, slidingLowest } from "../sliding-extreme.ts";

/** %R = −100 · (highest high − close) / (highest high − lowest low); −50 where there is no range. Williams, 1973. */
export function williamsR(period = 14): Indicator {
  const [highest, lowest] = [slidingHighest(period), slidingLowest(period)];
  return indicator(["williamsR"], period, [highest, lowest], (bar, into, at) => {
    const high = highest(bar.high);
    const range = high - lowest(bar.low);
    into[at] = range === 0 ? -50 : (-100 * (high - bar.close)) / range;
  });
}
