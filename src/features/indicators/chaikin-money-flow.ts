/** @file Chaikin money flow: whether volume came with closes near the high or near the low, −1 to 1. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingSum } from "../rolling-sum.ts";

/** CMF = Σ m · volume / Σ volume over n bars, m = ((close − low) − (high − close)) / (high − low), 0 for a bar without range; 0 without volume. Chaikin. */
export function chaikinMoneyFlow(period = 20): Indicator {
  const flows = rollingSum(period);
  const volumes = rollingSum(period);
  return indicator(["cmf"], period, [flows, volumes], ({ high, low, close, volume }, into, at) => {
    const range = high - low;
    const flow = flows(range === 0 ? 0 : ((close - low - (high - close)) / range) * volume);
    const traded = volumes(volume);
    into[at] = traded === 0 ? 0 : flow / traded;
  });
}
