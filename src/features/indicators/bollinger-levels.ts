/** @file The Bollinger bands themselves, in price. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingDeviation } from "../rolling-moments.ts";

/** middle = SMA, deviation = σ of the population, upper and lower = SMA ± k · σ of the last n closes. Bollinger on Bollinger Bands, 2001. */
export function bollingerLevels(period = 20, deviations = 2): Indicator {
  const closes = rollingDeviation(period);
  return indicator(["middle", "deviation", "upper", "lower"], period, [closes], ({ close }, into, at) => {
    closes.take(close);
    const middle = closes.mean();
    const deviation = closes.deviation();
    into[at] = middle;
    into[at + 1] = deviation;
    into[at + 2] = middle + deviations * deviation;
    into[at + 3] = middle - deviations * deviation;
  });
}
