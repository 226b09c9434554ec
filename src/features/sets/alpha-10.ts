/** @file What the document "Alpha PPO V1" shows its agent of the market, free of scale; its position and profit are the account's. */
import { slope } from "../combinations.ts";
import type { Feature } from "../feature.ts";
import { atr } from "../indicators/average-true-range.ts";
import { corwinSchultzSpread } from "../indicators/corwin-schultz-spread.ts";
import { exponentialMovingAverage } from "../indicators/exponential-moving-average.ts";
import { rangeLevel } from "../indicators/range-level.ts";
import { relativeStrengthIndex } from "../indicators/relative-strength-index.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { closeAbove, inForms, perAtr, perClose, rescaled } from "../scale-free.ts";
import { sources } from "./sources.ts";
import { timeOfDayAndWeek } from "./time.ts";

/** A share of the price as a price. */
export function timesClose(inner: Indicator): Indicator {
  return indicator(inner.outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = at; output < at + inner.outputs.length; output++) into[output] *= bar.close;
  });
}

/**
 * The document's ten numbers are seven of the market, position, hour and profit. The hour is two circles here, because a
 * number from 0 to 23 breaks at midnight; the account's numbers are no features and are put beside them by the market.
 */
export const alpha10: readonly Feature[] = [
  ...[20, 50].map((period): Feature => ({
    name: `ema${period}`,
    group: "trend",
    formula: `(close − EMA(close, ${period}, seeded by SMA)) / ATR(14)`,
    range: "about ±8",
    source: sources.murphy,
    create: () => closeAbove(exponentialMovingAverage(period), 14),
  })),
  {
    name: "emaSlope",
    group: "trend",
    formula: "(EMA(close, 20) − EMA(close, 20)[5]) / 5 / ATR(14)",
    range: "about ±1",
    source: sources.murphy,
    create: () => perAtr(slope(exponentialMovingAverage(20), 5), 14),
  },
  {
    name: "atrLevel",
    group: "volatility",
    formula: "ATR(14, Wilder) / median of its last 500 − 1",
    range: "−1 to about 5",
    source: sources.wilder,
    create: () => rangeLevel(14, 500),
  },
  {
    name: "atr14",
    group: "volatility",
    formula: "ATR(14, Wilder) / close",
    range: "0 to about 0.1",
    source: sources.wilder,
    create: () => perClose(atr(14)),
  },
  {
    name: "rsi14",
    group: "momentum",
    formula: "RSI(14, Wilder) / 50 − 1",
    range: "−1 to 1",
    source: sources.wilder,
    create: () => rescaled(relativeStrengthIndex(14), 1 / 50, -1),
  },
  {
    name: "spreadEstimate",
    group: "volatility",
    formula: "spread / ATR(14), the spread estimated from highs and lows of 20 bars because bars carry no quotes",
    range: "0 to about 2",
    source: "Corwin and Schultz, Journal of Finance 67, 2012",
    create: () => inForms(timesClose(corwinSchultzSpread(20)), ["perAtr"]),
  },
  timeOfDayAndWeek,
];
