/** @file Ultimate oscillator: buying pressure over three horizons, 0 to 100. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { push, rolling, sum } from "../rolling.ts";

/**
 * UO = 100 · (4·A(short) + 2·A(middle) + A(long)) / 7, A(n) = Σ(close − true low) / Σ true range over n bars, true low and
 * high including the previous close; A is ½ where there was no range. Williams, Stocks & Commodities, August 1985.
 */
export function ultimateOscillator(short = 7, middle = 14, long = 28): Indicator {
  const horizons = [short, middle, long];
  const pressures = horizons.map(rolling);
  const ranges = horizons.map(rolling);
  const previousClose = Float64Array.of(NaN);
  const share = (horizon: number): number => {
    const range = sum(ranges[horizon]);
    return range === 0 ? 0.5 : sum(pressures[horizon]) / range;
  };
  const parts = [...pressures, ...ranges, previousClose];
  return indicator(["ultimate"], Math.max(...horizons) + 1, parts, ({ high, low, close }, into, at) => {
    const before = previousClose[0];
    previousClose[0] = close;
    if (Number.isNaN(before)) return;
    const trueLow = Math.min(low, before);
    for (let horizon = 0; horizon < 3; horizon++) {
      push(pressures[horizon], close - trueLow);
      push(ranges[horizon], Math.max(high, before) - trueLow);
    }
    into[at] = (100 * (4 * share(0) + 2 * share(1) + share(2))) / 7;
  });
}
