/** @file ADX with +DI and −DI: how strong a trend is, and which way it goes; each 0 to 100. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { wilder } from "../smoothing.ts";
import { trueRange } from "../true-range.ts";

/**
 * ±DI = 100 · Wilder(±DM) / Wilder(true range), ADX = Wilder(100 · |+DI − −DI| / (+DI + −DI)), all from the second bar
 * on; +DM is the rise of the high where it is above 0 and above the fall of the low, else 0, and −DM mirrors it.
 * 0 where there is no range or no direction. Wilder, New Concepts in Technical Trading Systems, 1978.
 */
export function averageDirectionalIndex(period = 14): Indicator {
  const rangeOf = trueRange();
  const averageRange = wilder(period);
  const averageUp = wilder(period);
  const averageDown = wilder(period);
  const averageStrength = wilder(period);
  /** Previous high, previous low, changes seen so far. */
  const previous = Float64Array.of(NaN, NaN, 0);
  return indicator(
    ["adx", "plusDi", "minusDi"],
    2 * period,
    [rangeOf, averageRange, averageUp, averageDown, averageStrength, previous],
    (bar, into, at) => {
      const rise = bar.high - previous[0];
      const fall = previous[1] - bar.low;
      previous[0] = bar.high;
      previous[1] = bar.low;
      const range = rangeOf(bar);
      if (Number.isNaN(rise)) return;
      const smoothRange = averageRange(range);
      const up = averageUp(rise > fall && rise > 0 ? rise : 0);
      const down = averageDown(fall > rise && fall > 0 ? fall : 0);
      if (previous[2] < period) previous[2]++;
      if (previous[2] < period) return;
      const plus = smoothRange === 0 ? 0 : (100 * up) / smoothRange;
      const minus = smoothRange === 0 ? 0 : (100 * down) / smoothRange;
      const strength = plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus);
      into[at] = averageStrength(strength);
      into[at + 1] = plus;
      into[at + 2] = minus;
    },
  );
}
