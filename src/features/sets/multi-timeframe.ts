/** @file The trend of several timeframes: what they vote, whether three of them agree, and each by itself. */
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import { confluence, weightedVote } from "../combinations.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { atr } from "../indicators/average-true-range.ts";
import { exponentialMovingAverage } from "../indicators/exponential-moving-average.ts";
import { logReturn } from "../indicators/log-return.ts";
import { relativeStrengthIndex } from "../indicators/relative-strength-index.ts";
import { trendScore } from "../indicators/trend-score.ts";
import type { Indicator } from "../indicator.ts";
import { closeAbove, perClose, rescaled } from "../scale-free.ts";
import { onTimeframes } from "../timeframes.ts";
import { sources } from "./sources.ts";

/** Weights of a vote by timeframe, the longest first. */
const voteWeights = { "1d": 0.3, "4h": 0.25, "1h": 0.2, "15m": 0.15, "5m": 0.1 } as const;

/** The voters that bars of this length know: timeframes that are not shorter than they are, the shortest first. */
function votersOf({ timeframe }: FeatureContext): (keyof typeof voteWeights)[] {
  const all = Object.keys(voteWeights) as (keyof typeof voteWeights)[];
  return all.filter((voter) => timeframeMs[voter] >= timeframeMs[timeframe]).toReversed();
}

/** Three that have to agree: 15 minutes, an hour and four hours; of bars longer than 15 minutes an hour, four hours and a day. */
function trioOf({ timeframe }: FeatureContext): Timeframe[] {
  return timeframeMs[timeframe] <= timeframeMs["15m"] ? ["15m", "1h", "4h"] : ["1h", "4h", "1d"];
}

const trend = (): Indicator => trendScore([20, 50]);
const ofVoters = (create: () => Indicator) => (context: FeatureContext) =>
  onTimeframes(context, votersOf(context), create);

const weights = Object.entries(voteWeights).map(([voter, weight]) => `${voter} ${weight}`);
const each = "of the last closed bar of each of 5m, 15m, 1h, 4h, 1d that is not shorter than the bars";
const trendFormula = "1 where close > EMA(20) > EMA(50), −1 where close < EMA(20) < EMA(50), else 0";
const longestBars = "1h";

export const multiTimeframe: readonly Feature[] = [
  {
    name: "vote",
    group: "timeframes",
    formula: `weighted mean of the trends ${each}, weights ${weights.join(", ")}; trend = ${trendFormula}`,
    range: "−1 to 1",
    source: sources.elder,
    longestBars,
    create: (context) =>
      weightedVote(
        ofVoters(trend)(context),
        votersOf(context).map((voter) => voteWeights[voter]),
      ),
  },
  {
    name: "confluence",
    group: "timeframes",
    formula: `1 where the trends of 15m, 1h, 4h (of bars longer than 15m: 1h, 4h, 1d) are all 1, −1 where all are −1, else 0; trend = ${trendFormula}`,
    range: "−1, 0 or 1",
    source: sources.elder,
    longestBars,
    create: (context) => confluence(onTimeframes(context, trioOf(context), trend)),
  },
  {
    name: "trend",
    group: "trend",
    formula: `${trendFormula}; ${each}`,
    range: "−1, 0 or 1",
    source: sources.elder,
    longestBars,
    create: ofVoters(trend),
  },
  {
    name: "ema20",
    group: "trend",
    formula: `(close − EMA(close, 20, seeded by SMA)) / ATR(14); ${each}`,
    range: "about ±6",
    source: sources.murphy,
    longestBars,
    create: ofVoters(() => closeAbove(exponentialMovingAverage(20), 14)),
  },
  {
    name: "rsi14",
    group: "momentum",
    formula: `RSI(14, Wilder) / 50 − 1; ${each}`,
    range: "−1 to 1",
    source: sources.wilder,
    longestBars,
    create: ofVoters(() => rescaled(relativeStrengthIndex(14), 1 / 50, -1)),
  },
  {
    name: "return1",
    group: "price",
    formula: "ln(close / close[1])",
    range: "about ±0.1",
    source: sources.campbell,
    create: () => logReturn(1),
  },
  {
    name: "atr14",
    group: "volatility",
    formula: "ATR(14, Wilder) / close",
    range: "0 to about 0.1",
    source: sources.wilder,
    create: () => perClose(atr(14)),
  },
];
