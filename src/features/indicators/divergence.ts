/** @file Divergence: price makes a new low that the RSI does not follow, or a new high. */
import type { Indicator } from "../indicator.ts";
import { delayed } from "../delayed.ts";
import { indicator } from "../indicator.ts";
import { remembering } from "../memory.ts";
import type { SlidingExtreme } from "../sliding-extreme.ts";
import { slidingHighest, slidingLowest } from "../sliding-extreme.ts";
import { relativeStrengthIndex } from "./relative-strength-index.ts";

/** Takes a number and compares the extreme of the last bars with the one before them: below 0 lower, above 0 higher. */
function changeOf(extreme: SlidingExtreme, bars: number): SlidingExtreme {
  const before = delayed(bars);
  return remembering([extreme, before], (value: number) => {
    const now = extreme(value);
    return now - before(now);
  });
}

/**
 * rsi (Wilder, 0 to 100), and of the extremes of the last n bars beside those of the n bars before them, 1 or 0:
 * priceLowerLow and priceHigherHigh (closes), rsiHigherLow and rsiLowerHigh, bullish = lower low and higher RSI low, bearish
 * = higher high and lower RSI high. Cardwell's and Brown's use of the RSI: Brown, Technical Analysis for the Trading
 * Professional, 1999.
 */
export function divergence(period = 14, bars = 10): Indicator {
  const strength = relativeStrengthIndex(period);
  const [lowestClose, highestClose] = [changeOf(slidingLowest(bars), bars), changeOf(slidingHighest(bars), bars)];
  const [lowestStrength, highestStrength] = [changeOf(slidingLowest(bars), bars), changeOf(slidingHighest(bars), bars)];
  const outputs = ["rsi", "priceLowerLow", "rsiHigherLow", "bullish", "priceHigherHigh", "rsiLowerHigh", "bearish"];
  const rsi = new Float64Array(1);
  const parts = [strength, lowestClose, highestClose, lowestStrength, highestStrength];
  return indicator(outputs, period + 2 * bars, parts, (bar, into, at) => {
    strength.next(bar, rsi, 0);
    // Silent bars of the RSI are not among the first extremes that are spoken of.
    if (Number.isNaN(rsi[0])) return;
    const lowerLow = lowestClose(bar.close) < 0;
    const higherHigh = highestClose(bar.close) > 0;
    const higherStrength = lowestStrength(rsi[0]) > 0;
    const lowerStrength = highestStrength(rsi[0]) < 0;
    into[at] = rsi[0];
    into[at + 1] = lowerLow ? 1 : 0;
    into[at + 2] = higherStrength ? 1 : 0;
    into[at + 3] = lowerLow && higherStrength ? 1 : 0;
    into[at + 4] = higherHigh ? 1 : 0;
    into[at + 5] = lowerStrength ? 1 : 0;
    into[at + 6] = higherHigh && lowerStrength ? 1 : 0;
  });
}
