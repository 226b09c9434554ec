/** @file The order of close and two averages: how far the averages are apart, and whether all say up or all say down. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingMean } from "../rolling-moments.ts";

/** distance = SMA(fast) − SMA(slow) in price; bull = 1 where close > SMA(fast) > SMA(slow), bear = 1 where close < SMA(fast) < SMA(slow), else 0. Brock, Lakonishok and LeBaron, Journal of Finance 47, 1992. */
export function movingAverageOrder(fastPeriod = 50, slowPeriod = 200): Indicator {
  const [fast, slow] = [rollingMean(fastPeriod), rollingMean(slowPeriod)];
  const longest = Math.max(fastPeriod, slowPeriod);
  return indicator(["distance", "bull", "bear"], longest, [fast, slow], ({ close }, into, at) => {
    const [quick, calm] = [fast(close), slow(close)];
    into[at] = quick - calm;
    into[at + 1] = close > quick && quick > calm ? 1 : 0;
    into[at + 2] = close < quick && quick < calm ? 1 : 0;
  });
}
