/** @file What "Gemini V19" shows its agent: thirteen numbers of each of six timeframes, and the time. */
import type { Timeframe } from "#domain/bar.ts";
import { only } from "../combinations.ts";
import type { Feature, FeatureContext, FeatureGroup } from "../feature.ts";
import { averageDirectionalIndex } from "../indicators/average-directional-index.ts";
import { hurstExponent } from "../indicators/hurst-exponent.ts";
import { kurtosis } from "../indicators/kurtosis.ts";
import { moneyFlowIndex } from "../indicators/money-flow-index.ts";
import { permutationEntropy } from "../indicators/permutation-entropy.ts";
import { regressionSlope } from "../indicators/regression-slope.ts";
import { relativeStrengthIndex } from "../indicators/relative-strength-index.ts";
import { skewness } from "../indicators/skewness.ts";
import { stochastic } from "../indicators/stochastic.ts";
import { supportResistance } from "../indicators/support-resistance.ts";
import { trendScore } from "../indicators/trend-score.ts";
import { zScore } from "../indicators/z-score.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { inForms, perAtr, rescaled } from "../scale-free.ts";
import { onTimeframes } from "../timeframes.ts";
import { sources } from "./sources.ts";
import { timeOfDayAndWeek } from "./time.ts";

/** The document's six. */
export const geminiTimeframes = ["1m", "5m", "15m", "1h", "4h", "1d"] as const satisfies Timeframe[];

/** One of the thirteen, of the bars of one timeframe: as it is free of scale, and as the document has it. */
interface Reading {
  readonly name: string;
  readonly group: FeatureGroup;
  readonly source: string;
  readonly needs?: "volume";
  readonly free: readonly [formula: string, range: string, create: () => Indicator];
  /** Absent where the two forms are one. */
  readonly raw?: readonly [formula: string, range: string, create: () => Indicator];
}

/** atan(value) · factor. */
function angle(inner: Indicator, factor: number): Indicator {
  return indicator(inner.outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = at; output < at + inner.outputs.length; output++) into[output] = factor * Math.atan(into[output]);
  });
}

const line = "slope of the least-squares line through 20 closes";

/**
 * The original had 0.5 in place of entropy and Hurst, its RSI averaged plainly, and moments of 20 returns, on which they are
 * noise: here entropy and Hurst are computed, RSI is Wilder's, and moments are of 60 returns (of 20 in the raw columns).
 */
const readings: readonly Reading[] = [
  {
    name: "rsi14",
    group: "momentum",
    source: sources.wilder,
    free: ["RSI(14, Wilder) / 50 − 1", "−1 to 1", () => rescaled(relativeStrengthIndex(14), 1 / 50, -1)],
    raw: ["RSI(14, Wilder)", "0 to 100", () => relativeStrengthIndex(14)],
  },
  {
    name: "mfi14",
    group: "volume",
    source: "Quong and Soudack, Technical Analysis of Stocks & Commodities 7, 1989",
    needs: "volume",
    free: ["MFI(14) / 50 − 1", "−1 to 1", () => rescaled(moneyFlowIndex(14), 1 / 50, -1)],
    raw: ["MFI(14)", "0 to 100", () => moneyFlowIndex(14)],
  },
  {
    name: "adx14",
    group: "trend",
    source: sources.wilder,
    free: ["ADX(14, Wilder) / 100", "0 to 1", () => rescaled(only(averageDirectionalIndex(14), ["adx"]), 1 / 100)],
    raw: ["ADX(14, Wilder)", "0 to 100", () => only(averageDirectionalIndex(14), ["adx"])],
  },
  {
    name: "zScore20",
    group: "statistics",
    source: "Chan, Algorithmic Trading, 2013",
    free: ["(close − SMA(20)) / σ(close, 20, population)", "±√19", () => zScore(20)],
  },
  {
    name: "trendScore",
    group: "trend",
    source: "Brock, Lakonishok and LeBaron, Journal of Finance 47, 1992",
    free: [
      "1 where close > EMA(20) > EMA(50) > EMA(200), −1 where close < EMA(20) < EMA(50) < EMA(200), else 0",
      "−1, 0 or 1",
      () => trendScore([20, 50, 200]),
    ],
  },
  {
    name: "lineAngle20",
    group: "trend",
    source: sources.murphy,
    free: [`atan(${line} / ATR(14)) · 2 / π`, "−1 to 1", () => angle(perAtr(regressionSlope(20), 14), 2 / Math.PI)],
    raw: [`atan(${line}), in degrees`, "−90 to 90", () => angle(regressionSlope(20), 180 / Math.PI)],
  },
  {
    name: "rangePosition100",
    group: "levels",
    source: sources.lane,
    free: [
      "(close − lowest low of 100) / (highest high of 100 − lowest low of 100)",
      "0 to 1",
      () => rescaled(only(stochastic(100, 1), ["k"]), 1 / 100),
    ],
  },
  {
    name: "resistance20",
    group: "levels",
    source: "Donchian, Financial Analysts Journal 16, 1960",
    free: [
      "(highest high of 20 − close) / ATR(14)",
      "0 to about 20",
      () => inForms(only(supportResistance(20), ["resistance"]), ["beyond"]),
    ],
    raw: [
      "(highest high of 20 − close) / close",
      "0 to about 0.3",
      () => only(supportResistance(20), ["resistanceDistance"]),
    ],
  },
  {
    name: "support20",
    group: "levels",
    source: "Donchian, Financial Analysts Journal 16, 1960",
    free: [
      "(close − lowest low of 20) / ATR(14)",
      "0 to about 20",
      () => inForms(only(supportResistance(20), ["support"]), ["above"]),
    ],
    raw: [
      "(close − lowest low of 20) / close",
      "0 to about 0.3",
      () => only(supportResistance(20), ["supportDistance"]),
    ],
  },
  {
    name: "skewness",
    group: "statistics",
    source: sources.joanesGill,
    free: ["G₁ of 60 log returns (bias-corrected)", "about ±8", () => skewness(60)],
    raw: ["G₁ of 20 log returns (bias-corrected)", "about ±4", () => skewness(20)],
  },
  {
    name: "kurtosis",
    group: "statistics",
    source: sources.joanesGill,
    free: ["G₂ of 60 log returns (excess, bias-corrected)", "about −2 to 60", () => kurtosis(60)],
    raw: ["G₂ of 20 log returns (excess, bias-corrected)", "about −2 to 20", () => kurtosis(20)],
  },
  {
    name: "entropy64",
    group: "statistics",
    source: "Bandt and Pompe, Physical Review Letters 88, 2002",
    free: ["permutation entropy of order 3 of 64 triples of closes, / ln 6", "0 to 1", () => permutationEntropy(64)],
  },
  {
    name: "hurst256",
    group: "statistics",
    source: sources.peng,
    free: [
      "Hurst exponent of 256 log returns: detrended fluctuation analysis, boxes of 8 to 64",
      "about 0 to 1.5",
      () => hurstExponent(256),
    ],
  },
];

/** The thirteen, each with one column for each of the timeframes, of which the first is that of the bars themselves. */
export function geminiReadings(kind: "free" | "raw", timeframes: readonly Timeframe[]): Feature[] {
  return readings.map(({ name, group, source, needs, free, raw = free }) => {
    const [formula, range, create] = kind === "free" ? free : raw;
    return {
      name,
      group,
      formula: `${formula}; of the last closed bar of each of ${timeframes.join(", ")}`,
      range,
      source,
      longestBars: timeframes[0],
      ...(needs !== undefined && { needs }),
      create: (context: FeatureContext) => onTimeframes(context, timeframes, create),
    };
  });
}

export const gemini78: readonly Feature[] = geminiReadings("free", geminiTimeframes);

/** In percent, degrees and shares of the price, for comparison. */
export const gemini78Legacy: readonly Feature[] = geminiReadings("raw", geminiTimeframes);

/** With the time. The document's last two, side and profit of the position, are the account's: the market adds them to what an agent sees. */
export const gemini84: readonly Feature[] = [...gemini78, timeOfDayAndWeek];

export const gemini84Legacy: readonly Feature[] = [...gemini78Legacy, timeOfDayAndWeek];
