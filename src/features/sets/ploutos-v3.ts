/** @file The feature set of the document "Ploutos V3 ULTIMATE" by its groups and with its regime columns, free of scale. */
import { timeframeMs } from "#domain/bar.ts";
import { only } from "../combinations.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import type { Indicator } from "../indicator.ts";
import { autocorrelation } from "../indicators/autocorrelation.ts";
import { averageDirectionalIndex } from "../indicators/average-directional-index.ts";
import { atr } from "../indicators/average-true-range.ts";
import { bollingerBands } from "../indicators/bollinger-bands.ts";
import { bollingerLevels } from "../indicators/bollinger-levels.ts";
import { candleShape } from "../indicators/candle-shape.ts";
import { chaikinMoneyFlow } from "../indicators/chaikin-money-flow.ts";
import { commodityChannelIndex } from "../indicators/commodity-channel-index.ts";
import { easeOfMovement } from "../indicators/ease-of-movement.ts";
import { exponentialMovingAverage } from "../indicators/exponential-moving-average.ts";
import { forceIndex } from "../indicators/force-index.ts";
import { hurstExponent } from "../indicators/hurst-exponent.ts";
import { keltnerBands } from "../indicators/keltner-bands.ts";
import { kurtosis } from "../indicators/kurtosis.ts";
import { logReturn } from "../indicators/log-return.ts";
import { macd } from "../indicators/macd.ts";
import { moneyFlowIndex } from "../indicators/money-flow-index.ts";
import { onBalanceVolumeChange } from "../indicators/on-balance-volume-change.ts";
import { pivotPoints } from "../indicators/pivot-points.ts";
import { relativeStrengthIndex } from "../indicators/relative-strength-index.ts";
import { returnMoments } from "../indicators/return-moments.ts";
import { seasonalVolume } from "../indicators/seasonal-volume.ts";
import { sessionExtremes } from "../indicators/session-extremes.ts";
import { sessionProgress } from "../indicators/session-progress.ts";
import { sessionVwap } from "../indicators/session-vwap.ts";
import { simpleMovingAverage } from "../indicators/simple-moving-average.ts";
import { skewness } from "../indicators/skewness.ts";
import { stochastic } from "../indicators/stochastic.ts";
import { trueStrengthIndex } from "../indicators/true-strength-index.ts";
import { ulcerIndex } from "../indicators/ulcer-index.ts";
import { ultimateOscillator } from "../indicators/ultimate-oscillator.ts";
import { varianceRatio } from "../indicators/variance-ratio.ts";
import { volumeAverage } from "../indicators/volume-average.ts";
import { volumePriceTrendChange } from "../indicators/volume-price-trend-change.ts";
import { williamsR } from "../indicators/williams-r.ts";
import { zScore } from "../indicators/z-score.ts";
import { closeAbove, inForms, perAtr, perClose, perEase, perForce, rescaled } from "../scale-free.ts";
import { barsPerSession, isDaily, sessionOf, timeOfSession } from "../sessions.ts";
import { regime } from "./regime.ts";
import { sources } from "./sources.ts";

const dayMs = 86_400_000;

/** Volume beside that of the same time in the last 20 sessions. */
function volumeRatio(context: FeatureContext): Indicator {
  const { timeframe, instrument } = context;
  if (isDaily(timeframe)) return seasonalVolume(20, 1, () => 0, 1);
  const time = timeOfSession(instrument.calendar);
  const barMs = timeframeMs[timeframe];
  return seasonalVolume(20, dayMs / barMs, (openTime) => Math.floor(time(openTime) / barMs), barsPerSession(context));
}

const averages: readonly Feature[] = [
  ...[10, 20, 50].map((period): Feature => ({
    name: `sma${period}`,
    group: "trend",
    formula: `(close − SMA(close, ${period})) / ATR(14)`,
    range: "about ±10",
    source: sources.murphy,
    create: () => closeAbove(simpleMovingAverage(period), 14),
  })),
  ...[10, 20].map((period): Feature => ({
    name: `ema${period}`,
    group: "trend",
    formula: `(close − EMA(close, ${period}, seeded by SMA)) / ATR(14)`,
    range: "about ±6",
    source: sources.murphy,
    create: () => closeAbove(exponentialMovingAverage(period), 14),
  })),
];

const trend: readonly Feature[] = [
  ...averages,
  {
    name: "macd",
    group: "trend",
    formula: "[EMA(12) − EMA(26), its EMA(9), their difference] / ATR(14), EMAs seeded by SMA",
    range: "about ±4",
    source: sources.appel,
    create: () => perAtr(macd(12, 26, 9), 14),
  },
  {
    name: "adx14",
    group: "trend",
    formula: "ADX(14, Wilder) / 100",
    range: "0 to 1",
    source: sources.wilder,
    create: () => rescaled(only(averageDirectionalIndex(14), ["adx"]), 1 / 100),
  },
];

const momentum: readonly Feature[] = [
  ...[14, 7].map((period): Feature => ({
    name: `rsi${period}`,
    group: "momentum",
    formula: `RSI(${period}, Wilder) / 50 − 1`,
    range: "−1 to 1",
    source: sources.wilder,
    create: () => rescaled(relativeStrengthIndex(period), 1 / 50, -1),
  })),
  {
    name: "stochastic14",
    group: "momentum",
    formula: "[K(14), SMA(K, 3)] / 50 − 1",
    range: "−1 to 1",
    source: sources.lane,
    create: () => rescaled(stochastic(14, 3), 1 / 50, -1),
  },
  ...[10, 20].map((period): Feature => ({
    name: `roc${period}`,
    group: "momentum",
    formula: `ln(close / close[${period}])`,
    range: "about ±0.3",
    source: sources.campbell,
    create: () => logReturn(period),
  })),
  {
    name: "williamsR14",
    group: "momentum",
    formula: "%R(14) / 50 + 1: the stochastic's K, kept because the document has it",
    range: "−1 to 1",
    source: "Williams, How I Made One Million Dollars Last Year Trading Commodities, 1973",
    create: () => rescaled(williamsR(14), 1 / 50, 1),
  },
  {
    name: "tsi",
    group: "momentum",
    formula: "TSI(25, 13) / 100, EMAs seeded by SMA",
    range: "−1 to 1",
    source: "Blau, Technical Analysis of Stocks & Commodities 9, 1991",
    create: () => rescaled(trueStrengthIndex(25, 13), 1 / 100),
  },
  {
    name: "ultimate",
    group: "momentum",
    formula: "UO(7, 14, 28) / 50 − 1",
    range: "−1 to 1",
    source: "Williams, Technical Analysis of Stocks & Commodities 3, 1985",
    create: () => rescaled(ultimateOscillator(7, 14, 28), 1 / 50, -1),
  },
  {
    name: "cci20",
    group: "momentum",
    formula: "CCI(20, true mean deviation) / 100",
    range: "about ±3",
    source: "Lambert, Commodities, October 1980",
    create: () => rescaled(commodityChannelIndex(20), 1 / 100),
  },
  {
    name: "mfi14",
    group: "momentum",
    formula: "MFI(14) / 50 − 1",
    range: "−1 to 1",
    source: "Quong and Soudack, Technical Analysis of Stocks & Commodities 7, 1989",
    needs: "volume",
    create: () => rescaled(moneyFlowIndex(14), 1 / 50, -1),
  },
];

const volatility: readonly Feature[] = [
  {
    name: "bollinger20",
    group: "volatility",
    formula: "[%B, width](SMA(20) ± 2σ, population)",
    range: "%B about −0.5 to 1.5; width 0 to about 0.5",
    source: sources.bollinger,
    create: () => bollingerBands(20, 2),
  },
  {
    name: "bollingerEdges20",
    group: "volatility",
    formula: "[upper − close, close − lower] / ATR(14), bands SMA(20) ± 2σ, population",
    range: "about −2 to 10",
    source: sources.bollinger,
    create: () => inForms(only(bollingerLevels(20, 2), ["upper", "lower"]), ["beyond", "above"]),
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
    name: "keltner20",
    group: "volatility",
    formula: "[upper − close, close − lower] / ATR(14), channel EMA(20) ± 2 · ATR(10)",
    range: "about −3 to 8",
    source: sources.raschke,
    create: () => inForms(keltnerBands(20, 10, 2), ["beyond", "above"]),
  },
  {
    name: "ulcer14",
    group: "volatility",
    formula: "√(mean over 14 closes of (close / highest close since the window began − 1)²)",
    range: "0 to about 0.3",
    source: "Martin and McCann, The Investor's Guide to Fidelity Funds, 1989",
    create: () => rescaled(ulcerIndex(14), 1 / 100),
  },
];

const volume: readonly Feature[] = [
  {
    name: "obvChange20",
    group: "volume",
    formula: "(OBV − OBV[20]) / sum(volume, 20)",
    range: "−1 to 1",
    source: "Granville, New Key to Stock Market Profits, 1963",
    needs: "volume",
    create: () => onBalanceVolumeChange(20),
  },
  {
    name: "cmf20",
    group: "volume",
    formula: "sum(((close − low) − (high − close)) / (high − low) · volume, 20) / sum(volume, 20)",
    range: "−1 to 1",
    source: "Achelis, Technical Analysis from A to Z, 2001",
    needs: "volume",
    create: () => chaikinMoneyFlow(20),
  },
  {
    name: "force13",
    group: "volume",
    formula: "EMA((close − close[1]) · volume, 13, seeded by SMA) / (ATR(14) · SMA(volume, 20))",
    range: "about ±1",
    source: "Elder, Trading for a Living, 1993",
    needs: "volume",
    create: () => perForce(forceIndex(13), 14, 20),
  },
  {
    name: "vptChange20",
    group: "volume",
    formula: "(VPT − VPT[20]) / sum(volume, 20)",
    range: "about ±0.03",
    source: sources.murphy,
    needs: "volume",
    create: () => volumePriceTrendChange(20),
  },
  {
    name: "ease14",
    group: "volume",
    formula:
      "SMA((middle − middle[1]) · (high − low) / volume, 14) · SMA(volume, 20) / ATR(14)², middle = (high + low) / 2",
    range: "about ±2",
    source: "Arms, Volume Cycles in the Stock Market, 1983",
    needs: "volume",
    create: () => perEase(easeOfMovement(14), 14, 20),
  },
  {
    name: "volume20",
    group: "volume",
    formula: "volume / SMA(volume, 20)",
    range: "0 to 20, about 1",
    source: sources.murphy,
    needs: "volume",
    create: () => only(volumeAverage(20), ["ratio"]),
  },
  {
    name: "volumeRatio",
    group: "volume",
    formula: "volume / mean volume at the same time of the last 20 sessions",
    range: "0 to 20, about 1",
    source: "Admati and Pfleiderer, Review of Financial Studies 1, 1988",
    needs: "volume",
    create: volumeRatio,
  },
  {
    name: "vwap",
    group: "volume",
    formula: "(close − VWAP of the session so far) / ATR(14)",
    range: "about ±5",
    source: "Berkowitz, Logue and Noser, Journal of Finance 43, 1988",
    needs: "volume",
    create: (context) => closeAbove(sessionVwap(sessionOf(context)), 14),
  },
];

const levels: readonly Feature[] = [
  {
    name: "pivots",
    group: "levels",
    formula: "(close − [P, R1, S1, R2, S2] of the session before) / ATR(14)",
    range: "about ±10",
    source: "Person, A Complete Guide to Technical Trading Tactics, 2004",
    create: (context) =>
      inForms(pivotPoints(sessionOf(context), barsPerSession(context)), ["above", "above", "above", "above", "above"]),
  },
  {
    name: "year",
    group: "levels",
    formula: "[highest high − close, close − lowest low] / ATR(14) over 252 sessions, the running one included",
    range: "0 to about 50",
    source: "George and Hwang, Journal of Finance 59, 2004",
    create: (context) =>
      inForms(sessionExtremes(252, sessionOf(context), barsPerSession(context)), ["beyond", "above"]),
  },
];

const statistics: readonly Feature[] = [
  {
    name: "returns60",
    group: "statistics",
    formula: "[mean, standard deviation (n − 1)] of 60 log returns",
    range: "mean about ±0.02; deviation 0 to about 0.1",
    source: sources.campbell,
    create: () => returnMoments(60),
  },
  {
    name: "skewness60",
    group: "statistics",
    formula: "G₁ of 60 log returns (bias-corrected)",
    range: "about ±8",
    source: sources.joanesGill,
    create: () => skewness(60),
  },
  {
    name: "kurtosis60",
    group: "statistics",
    formula: "G₂ of 60 log returns (excess, bias-corrected)",
    range: "about −2 to 60",
    source: sources.joanesGill,
    create: () => kurtosis(60),
  },
  {
    name: "zScore20",
    group: "statistics",
    formula: "(close − SMA(20)) / σ(close, 20, population)",
    range: "±√19",
    source: "Chan, Algorithmic Trading, 2013",
    create: () => zScore(20),
  },
  {
    name: "autocorrelation60",
    group: "statistics",
    formula: "correlation of 60 pairs of log returns and the ones before them",
    range: "−1 to 1",
    source: sources.campbell,
    create: () => autocorrelation(1, 60),
  },
  {
    name: "hurst256",
    group: "statistics",
    formula: "DFA(1) of 256 log returns over boxes of 8, 16, 32, 64, less ½",
    range: "about ±0.5",
    source: sources.peng,
    create: () => rescaled(hurstExponent(256), 1, -0.5),
  },
  {
    name: "varianceRatio5",
    group: "statistics",
    formula: "VR(5) − 1 of 120 log returns (overlapping, bias-corrected)",
    range: "−1 to about 4",
    source: sources.loMacKinlay,
    create: () => rescaled(varianceRatio(5, 120), 1, -1),
  },
];

const priceAction: readonly Feature[] = [
  {
    name: "candle",
    group: "price",
    formula:
      "[close − open, high − max(open, close), min(open, close) − low, high − low, true range, open − close[1]] / ATR(14)",
    range: "about ±4",
    source: sources.nison,
    create: () => perAtr(candleShape(), 14),
  },
  {
    name: "session",
    group: "price",
    formula: "[high − low of the session so far / ATR(14), 1 at the session's first bar else 0]",
    range: "0 to about 10; 0 or 1",
    source: sources.document,
    create: (context) => inForms(sessionProgress(sessionOf(context)), ["perAtr", "same"]),
  },
];

/**
 * A column that the document has twice under two names is kept (Williams' %R); what it computed wrongly is computed as its
 * source defines it: windows of 60 for moments, 256 for the Hurst exponent, pivots of the session before, levels of 252
 * sessions, changes of OBV and VPT instead of sums since the first bar.
 */
export const ploutosV3: readonly Feature[] = [
  ...trend,
  ...momentum,
  ...volatility,
  ...volume,
  ...levels,
  ...statistics,
  ...priceAction,
  ...regime,
];
