/** @file Stochastic oscillator: where the close stands in the range of the last bars, 0 to 100. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { highest, lowest, mean, push, rolling } from "../rolling.ts";

/** k = 100 · (close − lowest low) / (highest high − lowest low), 50 where there is no range; d = SMA(k). Lane, 1984. */
export function stochastic(period = 14, signalPeriod = 3): Indicator {
  const highs = rolling(period);
  const lows = rolling(period);
  const positions = rolling(signalPeriod);
  return indicator(["k", "d"], period + signalPeriod - 1, [highs, lows, positions], (bar, into, at) => {
    push(highs, bar.high);
    push(lows, bar.low);
    const low = lowest(lows);
    const range = highest(highs) - low;
    const position = range === 0 ? 50 : (100 * (bar.close - low)) / range;
    push(positions, position);
    into[at] = position;
    into[at + 1] = mean(positions);
  });
}
