/** @file OBV change: how much of the recent volume was traded on rising rather than on falling closes, −1 to 1. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingSum } from "../rolling-sum.ts";

/**
 * (OBVₜ − OBVₜ₋ₙ) / (volumeₜ + … + volumeₜ₋ₙ₊₁), OBV adding the volume of a bar that closes higher and subtracting that of
 * one that closes lower; 0 without volume. OBV itself (Granville, 1963) depends on where the series begins.
 */
export function onBalanceVolumeChange(period = 20): Indicator {
  const signed = rollingSum(period);
  const volumes = rollingSum(period);
  const previous = Float64Array.of(NaN);
  return indicator(["obvChange"], period + 1, [signed, volumes, previous], (bar, into, at) => {
    const { close, volume } = bar;
    const change = signed(close > previous[0] ? volume : close < previous[0] ? -volume : 0);
    const traded = volumes(volume);
    previous[0] = close;
    into[at] = traded === 0 ? 0 : change / traded;
  });
}
