/** @file Ultimate oscillator: buying pressure over three horizons, 0 to 100. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingSum } from "../rolling-sum.ts";

/**
 * UO = 100 · (4·A(short) + 2·A(middle) + A(long)) / 7, A(n) = Σ(close − true low) / Σ true range over n bars, true low and
 * high including the previous close; A is ½ where there was no range. Williams, Stocks & Commodities, August 1985.
 */
export function ultimateOscillator(short = 7, middle = 14, long = 28): Indicator {
  const horizons = [short, middle, long];
  const pressures = horizons.map(rollingSum);
  const ranges = horizons.map(rollingSum);
  const previousClose = Float64Array.of(NaN);
  const share = (horizon: number, pressure: number, range: number): number => {
    const pressed = pressures[horizon](pressure);
    const ranged = ranges[horizon](range);
    return ranged === 0 ? 0.5 : pressed / ranged;
  };
  const parts = [...pressures, ...ranges, previousClose];
  return indicator(["ultimate"], Math.max(...horizons) + 1, parts, ({ high, low, close }, into, at) => {
    const before = previousClose[0];
    previousClose[0] = close;
    if (Number.isNaN(before)) return;
    const trueLow = Math.min(low, before);
    const [pressure, range] = [close - trueLow, Math.max(high, before) - trueLow];
    const [first, second, third] = [share(0, pressure, range), share(1, pressure, range), share(2, pressure, range)];
    into[at] = (100 * (4 * first + 2 * second + third)) / 7;
  });
}
