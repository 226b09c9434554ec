/** @file Candles: the parts of a bar, and the five patterns of one or two bars that are looked for. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";

/**
 * body = close − open, upperWick, lowerWick (in price), bodyShare = body / open; 1 or 0: hammer (lower wick > 2 |body|, upper
 * wick < |body| / 2, rising), shootingStar (its mirror, falling), doji (|bodyShare| < 0.1 %), bullishEngulfing (a rising
 * body around the falling one before it) and bearishEngulfing. Nison, Japanese Candlestick Charting Techniques, 1991.
 */
export function candlePattern(): Indicator {
  /** Open and close of the bar before. */
  const previous = Float64Array.of(NaN, NaN);
  const outputs = [
    "body",
    "bodyShare",
    "upperWick",
    "lowerWick",
    "hammer",
    "shootingStar",
    "doji",
    "bullishEngulfing",
    "bearishEngulfing",
  ];
  return indicator(outputs, 2, [previous], ({ open, high, low, close }, into, at) => {
    const [openBefore, closeBefore] = [previous[0], previous[1]];
    const body = close - open;
    const size = Math.abs(body);
    const upper = high - Math.max(open, close);
    const lower = Math.min(open, close) - low;
    into[at] = body;
    into[at + 1] = body / open;
    into[at + 2] = upper;
    into[at + 3] = lower;
    into[at + 4] = body > 0 && lower > 2 * size && upper < size / 2 ? 1 : 0;
    into[at + 5] = body < 0 && upper > 2 * size && lower < size / 2 ? 1 : 0;
    into[at + 6] = size / open < 0.001 ? 1 : 0;
    into[at + 7] = body > 0 && closeBefore < openBefore && close > openBefore && open < closeBefore ? 1 : 0;
    into[at + 8] = body < 0 && closeBefore > openBefore && close < openBefore && open > closeBefore ? 1 : 0;
    previous[0] = open;
    previous[1] = close;
  });
}
