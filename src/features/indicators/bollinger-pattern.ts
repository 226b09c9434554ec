/** @file Bollinger bands with what is read from them: touches of a band, and a squeeze. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingDeviation } from "../rolling-moments.ts";
import { rollingQuantile } from "../rolling-quantile.ts";

/**
 * middle, deviation, upper, lower in price; width = (upper − lower) / middle; position = %B, ½ where the bands meet;
 * 1 or 0: touchLower = close ≤ 1.01 · lower, touchUpper = close ≥ 0.99 · upper, squeeze = width below the 20 % quantile of its
 * last 50. Bollinger on Bollinger Bands, 2001.
 */
export function bollingerPattern(period = 20, deviations = 2, widthBars = 50): Indicator {
  const closes = rollingDeviation(period);
  const narrow = rollingQuantile(widthBars, 0.2);
  const taken = new Float64Array(1);
  const outputs = ["middle", "deviation", "upper", "lower", "width", "position", "touchLower", "touchUpper", "squeeze"];
  return indicator(outputs, period + widthBars - 1, [closes, narrow, taken], ({ close }, into, at) => {
    closes.take(close);
    if (taken[0] < period) taken[0]++;
    if (taken[0] < period) return;
    const middle = closes.mean();
    const deviation = closes.deviation();
    const half = deviations * deviation;
    const width = (2 * half) / middle;
    into[at] = middle;
    into[at + 1] = deviation;
    into[at + 2] = middle + half;
    into[at + 3] = middle - half;
    into[at + 4] = width;
    into[at + 5] = half === 0 ? 0.5 : 0.5 + (close - middle) / (2 * half);
    into[at + 6] = close <= 1.01 * (middle - half) ? 1 : 0;
    into[at + 7] = close >= 0.99 * (middle + half) ? 1 : 0;
    into[at + 8] = width < narrow(width) ? 1 : 0;
  });
}
