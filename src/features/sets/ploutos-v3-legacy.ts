/** @file The columns of "Ploutos V3 ULTIMATE" as the document has them: levels, percentages and sums, for comparison only. */
import { invariant } from "#base/invariant.ts";
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
import { cumulativeVolume } from "../indicators/cumulative-volume.ts";
import { easeOfMovement } from "../indicators/ease-of-movement.ts";
import { exponentialMovingAverage } from "../indicators/exponential-moving-average.ts";
import { forceIndex } from "../indicators/force-index.ts";
import { hurstExponent } from "../indicators/hurst-exponent.ts";
import { keltnerBands } from "../indicators/keltner-bands.ts";
import { kurtosis } from "../indicators/kurtosis.ts";
import { macd } from "../indicators/macd.ts";
import { moneyFlowIndex } from "../indicators/money-flow-index.ts";
import { pivotPoints } from "../indicators/pivot-points.ts";
import { rateOfChange } from "../indicators/rate-of-change.ts";
import { relativeStrengthIndex } from "../indicators/relative-strength-index.ts";
import { returnMoments } from "../indicators/return-moments.ts";
import { sessionExtremes } from "../indicators/session-extremes.ts";
import { sessionVwap } from "../indicators/session-vwap.ts";
import { simpleMovingAverage } from "../indicators/simple-moving-average.ts";
import { skewness } from "../indicators/skewness.ts";
import { stochastic } from "../indicators/stochastic.ts";
import { trueStrengthIndex } from "../indicators/true-strength-index.ts";
import { ulcerIndex } from "../indicators/ulcer-index.ts";
import { ultimateOscillator } from "../indicators/ultimate-oscillator.ts";
import { varianceRatio } from "../indicators/variance-ratio.ts";
import { volumeAverage } from "../indicators/volume-average.ts";
import { williamsR } from "../indicators/williams-r.ts";
import { zScore } from "../indicators/z-score.ts";
import { barsPerSession, sessionOf } from "../sessions.ts";
import { ploutosV3 } from "./ploutos-v3.ts";
import { regime } from "./regime.ts";

/** A column whose scale-free form is in `ploutos-v3`, from where its group, source and needs are taken. */
function raw(
  name: string,
  formula: string,
  range: string,
  create: (context: FeatureContext) => Indicator,
  free = name,
): Feature {
  const twin = ploutosV3.find((feature) => feature.name === free);
  invariant(twin !== undefined, "a raw column has a scale-free twin", { name });
  const { group, source, needs } = twin;
  return { name, group, formula, range, source, ...(needs !== undefined && { needs }), create };
}

/** Moments are taken over 20 bars as in the document, on which they are mostly noise; errors of formula are put right here too. */
export const ploutosV3Legacy: readonly Feature[] = [
  raw("sma10", "SMA(close, 10)", "prices", () => simpleMovingAverage(10)),
  raw("sma20", "SMA(close, 20)", "prices", () => simpleMovingAverage(20)),
  raw("sma50", "SMA(close, 50)", "prices", () => simpleMovingAverage(50)),
  raw("ema10", "EMA(close, 10, seeded by SMA)", "prices", () => exponentialMovingAverage(10)),
  raw("ema20", "EMA(close, 20, seeded by SMA)", "prices", () => exponentialMovingAverage(20)),
  raw("macd", "[EMA(12) − EMA(26), its EMA(9), their difference], EMAs seeded by SMA", "differences of prices", () =>
    macd(12, 26, 9),
  ),
  raw("adx14", "ADX(14, Wilder)", "0 to 100", () => only(averageDirectionalIndex(14), ["adx"])),
  raw("rsi14", "RSI(14, Wilder)", "0 to 100", () => relativeStrengthIndex(14)),
  raw("rsi7", "RSI(7, Wilder)", "0 to 100", () => relativeStrengthIndex(7)),
  raw("stochastic14", "[K(14), SMA(K, 3)]", "0 to 100", () => stochastic(14, 3)),
  raw("roc10", "100 · (close / close[10] − 1)", "above −100, about ±30", () => rateOfChange(10)),
  raw("roc20", "100 · (close / close[20] − 1)", "above −100, about ±30", () => rateOfChange(20)),
  raw("williamsR14", "%R(14)", "−100 to 0", () => williamsR(14)),
  raw("tsi", "TSI(25, 13), EMAs seeded by SMA", "−100 to 100", () => trueStrengthIndex(25, 13)),
  raw("ultimate", "UO(7, 14, 28)", "0 to 100", () => ultimateOscillator(7, 14, 28)),
  raw("cci20", "CCI(20, true mean deviation)", "about ±300", () => commodityChannelIndex(20)),
  raw("mfi14", "MFI(14)", "0 to 100", () => moneyFlowIndex(14)),
  raw("bollinger20", "[%B, width](SMA(20) ± 2σ, population)", "%B about −0.5 to 1.5; width 0 to about 0.5", () =>
    bollingerBands(20, 2),
  ),
  raw("bollingerEdges20", "[upper, lower] of SMA(20) ± 2σ, population", "prices", () =>
    only(bollingerLevels(20, 2), ["upper", "lower"]),
  ),
  raw("atr14", "ATR(14, Wilder)", "a difference of prices", () => atr(14)),
  raw("keltner20", "[upper, lower] of EMA(20) ± 2 · ATR(10)", "prices", () => keltnerBands(20, 10, 2)),
  raw(
    "ulcer14",
    "√(mean over 14 closes of (100 · (close / highest close since the window began − 1))²)",
    "0 to about 30",
    () => ulcerIndex(14),
  ),
  raw(
    "cumulative",
    "[OBV, VPT], summed from the first bar on",
    "units, without bound",
    cumulativeVolume,
    "obvChange20",
  ),
  raw("cmf20", "sum(((close − low) − (high − close)) / (high − low) · volume, 20) / sum(volume, 20)", "−1 to 1", () =>
    chaikinMoneyFlow(20),
  ),
  raw("force13", "EMA((close − close[1]) · volume, 13, seeded by SMA)", "price · units", () => forceIndex(13)),
  raw(
    "ease14",
    "SMA((middle − middle[1]) · (high − low) / volume, 14), middle = (high + low) / 2",
    "price² / unit",
    () => easeOfMovement(14),
  ),
  raw("volume20", "[SMA(volume, 20), volume / SMA(volume, 20)]", "units; 0 to 20", () => volumeAverage(20)),
  raw("vwap", "VWAP of the session so far", "prices", (context) => sessionVwap(sessionOf(context))),
  raw("pivots", "[P, R1, S1, R2, S2] of the session before", "prices", (context) =>
    pivotPoints(sessionOf(context), barsPerSession(context)),
  ),
  raw("year", "[highest high, lowest low] of 252 sessions, the running one included", "prices", (context) =>
    sessionExtremes(252, sessionOf(context), barsPerSession(context)),
  ),
  raw(
    "returns20",
    "[mean, standard deviation (n − 1)] of 20 log returns",
    "about ±0.02; 0 to about 0.1",
    () => returnMoments(20),
    "returns60",
  ),
  raw("skewness20", "G₁ of 20 log returns (bias-corrected)", "about ±4", () => skewness(20), "skewness60"),
  raw(
    "kurtosis20",
    "G₂ of 20 log returns (excess, bias-corrected)",
    "about −2 to 20",
    () => kurtosis(20),
    "kurtosis60",
  ),
  raw("zScore20", "(close − SMA(20)) / σ(close, 20, population)", "±√19", () => zScore(20)),
  raw(
    "autocorrelation20",
    "correlation of 20 pairs of log returns and the ones before them",
    "−1 to 1",
    () => autocorrelation(1, 20),
    "autocorrelation60",
  ),
  raw("hurst256", "DFA(1) of 256 log returns over boxes of 8, 16, 32, 64", "about 0 to 1", () => hurstExponent(256)),
  raw("varianceRatio5", "VR(5) of 120 log returns (overlapping, bias-corrected)", "0 to about 5", () =>
    varianceRatio(5, 120),
  ),
  raw(
    "candle",
    "[close − open, high − max(open, close), min(open, close) − low, high − low, true range, open − close[1]]",
    "differences of prices",
    candleShape,
  ),
  ...regime,
];
