/** @file CCI: the distance of the typical price from its mean, in mean deviations. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingMean } from "../rolling-moments.ts";
import { distancesFrom, insert, sortedWindow } from "../sorted-window.ts";

/**
 * CCI = (typical − SMA) / (0.015 · mean of |typical − SMA|), typical = (high + low + close) / 3; 0 where nothing
 * deviates. The deviations are taken from today's mean, as Lambert did (Commodities, 1980).
 */
export function commodityChannelIndex(period = 20): Indicator {
  const average = rollingMean(period);
  const typicals = sortedWindow(period);
  return indicator(["cci"], period, [average, typicals], (bar, into, at) => {
    const typical = (bar.high + bar.low + bar.close) / 3;
    insert(typicals, typical);
    const centre = average(typical);
    const deviation = distancesFrom(typicals, centre) / period;
    into[at] = deviation === 0 ? 0 : (typical - centre) / (0.015 * deviation);
  });
}
