/** @file Support and resistance: the lowest low and highest high of the last bars, and whether the close is near them. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { slidingHighest, slidingLowest } from "../sliding-extreme.ts";

/** Distance, as a share of the close, below which a level is near. */
const near = 0.02;

/**
 * support = lowest low, resistance = highest high of n bars (in price); supportDistance = (close − support) / close,
 * resistanceDistance = (resistance − close) / close; nearSupport, nearResistance = 1 where that is below 2 %, else 0.
 * Donchian's channel: Donchian, Financial Analysts Journal 16, 1960.
 */
export function supportResistance(period: number): Indicator {
  const [highest, lowest] = [slidingHighest(period), slidingLowest(period)];
  const outputs = ["support", "resistance", "supportDistance", "resistanceDistance", "nearSupport", "nearResistance"];
  return indicator(outputs, period, [highest, lowest], ({ high, low, close }, into, at) => {
    const support = lowest(low);
    const resistance = highest(high);
    const below = (close - support) / close;
    const above = (resistance - close) / close;
    into[at] = support;
    into[at + 1] = resistance;
    into[at + 2] = below;
    into[at + 3] = above;
    into[at + 4] = below < near ? 1 : 0;
    into[at + 5] = above < near ? 1 : 0;
  });
}
