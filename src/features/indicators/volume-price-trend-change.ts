/** @file VPT change: the recent returns, each weighted with its volume. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingSum } from "../rolling-sum.ts";

/** (VPTₜ − VPTₜ₋ₙ) / (volumeₜ + … + volumeₜ₋ₙ₊₁), VPT = Σ volume · (close / close[1] − 1); 0 without volume. VPT itself depends on where the series begins. */
export function volumePriceTrendChange(period = 20): Indicator {
  const flows = rollingSum(period);
  const volumes = rollingSum(period);
  const previousClose = Float64Array.of(NaN);
  return indicator(["vptChange"], period + 1, [flows, volumes, previousClose], ({ close, volume }, into, at) => {
    const change = (close - previousClose[0]) / previousClose[0];
    previousClose[0] = close;
    const flow = flows(Number.isNaN(change) ? 0 : volume * change);
    const traded = volumes(volume);
    into[at] = traded === 0 ? 0 : flow / traded;
  });
}
