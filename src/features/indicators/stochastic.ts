/** @file Stochastic oscillator: where the close stands in the range of the last bars, 0 to 100. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingMean } from "../rolling-moments.ts";
import { slidingHighest, slidingLowest } from "../sliding-extreme.ts";

/** k = 100 · (close − lowest low) / (highest high − lowest low), 50 where there is no range; d = SMA(k). Lane, 1984. */
export function stochastic(period = 14, signalPeriod = 3): Indicator {
  const [highest, lowest] = [slidingHighest(period), slidingLowest(period)];
  const signal = rollingMean(signalPeriod);
  return indicator(["k", "d"], period + signalPeriod - 1, [highest, lowest, signal], (bar, into, at) => {
    const low = lowest(bar.low);
    const range = highest(bar.high) - low;
    const position = range === 0 ? 50 : (100 * (bar.close - low)) / range;
    into[at] = position;
    into[at + 1] = signal(position);
  });
}
