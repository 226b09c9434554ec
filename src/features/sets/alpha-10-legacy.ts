/** @file The market's columns of the document "Alpha PPO V1" in prices and percentages, for comparison only. */
import { slope } from "../combinations.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { atr } from "../indicators/average-true-range.ts";
import { corwinSchultzSpread } from "../indicators/corwin-schultz-spread.ts";
import { exponentialMovingAverage } from "../indicators/exponential-moving-average.ts";
import { relativeStrengthIndex } from "../indicators/relative-strength-index.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { perClose } from "../scale-free.ts";
import { timesClose } from "./alpha-10.ts";
import { sources } from "./sources.ts";
import { marketTimeOfClose } from "./time.ts";

const hourMs = 3_600_000;

/** The hour of a market's clock, 0 to 23: the one after 23 is 0, which is why the free form has circles. */
function hourOfDay(context: FeatureContext): Indicator {
  const timeOf = marketTimeOfClose(context);
  return indicator(["hour"], 1, [], ({ openTime }, into, at) => {
    into[at] = ((Math.floor(timeOf(openTime) / hourMs) % 24) + 24) % 24;
  });
}

export const alpha10Legacy: readonly Feature[] = [
  ...[20, 50].map((period): Feature => ({
    name: `ema${period}`,
    group: "trend",
    formula: `EMA(close, ${period}, seeded by SMA)`,
    range: "prices",
    source: sources.murphy,
    create: () => exponentialMovingAverage(period),
  })),
  {
    name: "emaSlope",
    group: "trend",
    formula: "(EMA(close, 20) − EMA(close, 20)[5]) / 5",
    range: "a difference of prices",
    source: sources.murphy,
    create: () => slope(exponentialMovingAverage(20), 5),
  },
  {
    name: "atr",
    group: "volatility",
    formula: "ATR(14, Wilder)",
    range: "a difference of prices",
    source: sources.wilder,
    create: () => atr(14),
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
    formula: "RSI(14, Wilder)",
    range: "0 to 100",
    source: sources.wilder,
    create: () => relativeStrengthIndex(14),
  },
  {
    name: "spreadEstimate",
    group: "volatility",
    formula: "the spread in price, estimated from highs and lows of 20 bars because bars carry no quotes",
    range: "a difference of prices",
    source: "Corwin and Schultz, Journal of Finance 67, 2012",
    create: () => timesClose(corwinSchultzSpread(20)),
  },
  {
    name: "hour",
    group: "time",
    formula: "hour of the market's clock at the bar's close",
    range: "0 to 23",
    source: sources.document,
    create: hourOfDay,
  },
];
