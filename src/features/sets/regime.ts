/** @file The regime columns of "Ploutos V3 ULTIMATE": how wild the market is, and which way its averages stand. */
import { barsPerYear } from "#domain/instrument.ts";
import { only } from "../combinations.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import type { Indicator } from "../indicator.ts";
import { movingAverageOrder } from "../indicators/moving-average-order.ts";
import { returnMoments } from "../indicators/return-moments.ts";
import { inForms, rescaled } from "../scale-free.ts";
import { sources } from "./sources.ts";

/** Deviation of the log returns of so many bars, a year. */
function realisedVolatility(period: number, { timeframe, instrument }: FeatureContext): Indicator {
  const yearly = Math.sqrt(barsPerYear(instrument.calendar, timeframe));
  return rescaled(only(returnMoments(period), ["deviation"]), yearly);
}

export const regime: readonly Feature[] = [
  ...[20, 60].map((period): Feature => ({
    name: `realisedVolatility${period}`,
    group: "regime",
    formula: `standard deviation of ${period} log returns · √(bars a year)`,
    range: "0 to about 1.5",
    source: sources.campbell,
    create: (context) => realisedVolatility(period, context),
  })),
  {
    name: "averages50And200",
    group: "regime",
    formula: "[(SMA(50) − SMA(200)) / ATR(14), close > SMA(50) > SMA(200), close < SMA(50) < SMA(200)]",
    range: "about ±20; 0 or 1",
    source: "Brock, Lakonishok and LeBaron, Journal of Finance 47, 1992",
    create: () => inForms(movingAverageOrder(50, 200), ["perAtr", "same", "same"]),
  },
];
