/** @file Divergence: price makes a new low that the RSI does not follow, or a new high. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { oldest, push, rolling } from "../rolling.ts";
import { slidingHighest, slidingLowest } from "../sliding-extreme.ts";
import { relativeStrengthIndex } from "./relative-strength-index.ts";

/**
 * rsi (Wilder, 0 to 100), and of the extremes of the last n bars beside those of the n bars before them, 1 or 0:
 * priceLowerLow and priceHigherHigh (closes), rsiHigherLow and rsiLowerHigh, bullish = lower low and higher RSI low, bearish
 * = higher high and lower RSI high. Cardwell's and Brown's use of the RSI: Brown, Technical Analysis for the Trading
 * Professional, 1999.
 */
export function divergence(period = 14, bars = 10): Indicator {
  const strength = relativeStrengthIndex(period);
  const extremes = [slidingLowest(bars), slidingHighest(bars), slidingLowest(bars), slidingHighest(bars)];
  const before = extremes.map(() => rolling(bars + 1));
  const outputs = ["rsi", "priceLowerLow", "rsiHigherLow", "bullish", "priceHigherHigh", "rsiLowerHigh", "bearish"];
  const rsi = new Float64Array(1);
  /** Compares the extreme of the last bars with the one before: −1 lower, 0 equal, 1 higher. */
  const change = (which: number, value: number): number => {
    const extreme = extremes[which](value);
    push(before[which], extreme);
    const earlier = oldest(before[which]);
    return extreme < earlier ? -1 : extreme > earlier ? 1 : 0;
  };
  return indicator(outputs, period + 2 * bars, [strength, ...extremes, ...before], (bar, into, at) => {
    strength.next(bar, rsi, 0);
    // Silent bars of the RSI are not among the first extremes that are spoken of.
    if (Number.isNaN(rsi[0])) return;
    const lowerLow = change(0, bar.close) < 0;
    const higherHigh = change(1, bar.close) > 0;
    const higherStrength = change(2, rsi[0]) > 0;
    const lowerStrength = change(3, rsi[0]) < 0;
    into[at] = rsi[0];
    into[at + 1] = lowerLow ? 1 : 0;
    into[at + 2] = higherStrength ? 1 : 0;
    into[at + 3] = lowerLow && higherStrength ? 1 : 0;
    into[at + 4] = higherHigh ? 1 : 0;
    into[at + 5] = lowerStrength ? 1 : 0;
    into[at + 6] = higherHigh && lowerStrength ? 1 : 0;
  });
}
