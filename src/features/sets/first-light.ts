/** @file The first feature set: 20 indicators, 28 columns, free of the scale of prices and of volumes. */
import type { Feature } from "../feature.ts";
import { averageDirectionalIndex } from "../indicators/average-directional-index.ts";
import { atr } from "../indicators/average-true-range.ts";
import { bollingerBands } from "../indicators/bollinger-bands.ts";
import { chaikinMoneyFlow } from "../indicators/chaikin-money-flow.ts";
import { commodityChannelIndex } from "../indicators/commodity-channel-index.ts";
import { exponentialMovingAverage } from "../indicators/exponential-moving-average.ts";
import { keltnerChannel } from "../indicators/keltner-channel.ts";
import { kurtosis } from "../indicators/kurtosis.ts";
import { logReturn } from "../indicators/log-return.ts";
import { macd } from "../indicators/macd.ts";
import { moneyFlowIndex } from "../indicators/money-flow-index.ts";
import { onBalanceVolumeChange } from "../indicators/on-balance-volume-change.ts";
import { rateOfChange } from "../indicators/rate-of-change.ts";
import { relativeStrengthIndex } from "../indicators/relative-strength-index.ts";
import { simpleMovingAverage } from "../indicators/simple-moving-average.ts";
import { skewness } from "../indicators/skewness.ts";
import { stochastic } from "../indicators/stochastic.ts";
import { varianceRatio } from "../indicators/variance-ratio.ts";
import { williamsR } from "../indicators/williams-r.ts";
import { zScore } from "../indicators/z-score.ts";
import { closeAbove, perAtr, perClose, rescaled } from "../scale-free.ts";

const wilder1978 = "Wilder, New Concepts in Technical Trading Systems, 1978";
const joanesGill1998 = "Joanes and Gill, The Statistician 47, 1998";

/**
 * Periods are chosen so that no column is another one in disguise: Williams %R over 14 bars would be the stochastic's K,
 * a z-score over 20 bars would be Bollinger's %B.
 */
export const firstLight: readonly Feature[] = [
  {
    name: "return1",
    group: "price",
    formula: "ln(close / close[1])",
    range: "about ±0.1",
    source: "Campbell, Lo and MacKinlay, The Econometrics of Financial Markets, 1997",
    create: () => logReturn(1),
  },
  {
    name: "sma20",
    group: "trend",
    formula: "(close − SMA(close, 20)) / ATR(14)",
    range: "about ±6",
    source: "Murphy, Technical Analysis of the Financial Markets, 1999",
    create: () => closeAbove(simpleMovingAverage(20), 14),
  },
  {
    name: "sma50",
    group: "trend",
    formula: "(close − SMA(close, 50)) / ATR(14)",
    range: "about ±10",
    source: "Murphy, Technical Analysis of the Financial Markets, 1999",
    create: () => closeAbove(simpleMovingAverage(50), 14),
  },
  {
    name: "ema10",
    group: "trend",
    formula: "(close − EMA(close, 10, seeded by SMA)) / ATR(14)",
    range: "about ±4",
    source: "Murphy, Technical Analysis of the Financial Markets, 1999",
    create: () => closeAbove(exponentialMovingAverage(10), 14),
  },
  {
    name: "macd",
    group: "trend",
    formula: "[EMA(12) − EMA(26), its EMA(9), their difference] / ATR(14), EMAs seeded by SMA",
    range: "about ±4",
    source: "Appel, Technical Analysis: Power Tools for Active Investors, 2005",
    create: () => perAtr(macd(12, 26, 9), 14),
  },
  {
    name: "adx14",
    group: "trend",
    formula: "[ADX, +DI, −DI](14, Wilder) / 100",
    range: "0 to 1",
    source: wilder1978,
    create: () => rescaled(averageDirectionalIndex(14), 1 / 100),
  },
  {
    name: "rsi7",
    group: "momentum",
    formula: "RSI(7, Wilder) / 50 − 1",
    range: "−1 to 1",
    source: wilder1978,
    create: () => rescaled(relativeStrengthIndex(7), 1 / 50, -1),
  },
  {
    name: "rsi14",
    group: "momentum",
    formula: "RSI(14, Wilder) / 50 − 1",
    range: "−1 to 1",
    source: wilder1978,
    create: () => rescaled(relativeStrengthIndex(14), 1 / 50, -1),
  },
  {
    name: "stochastic14",
    group: "momentum",
    formula: "[K(14), SMA(K, 3)] / 50 − 1",
    range: "−1 to 1",
    source: "Lane, Technical Analysis of Stocks & Commodities 2, 1984",
    create: () => rescaled(stochastic(14, 3), 1 / 50, -1),
  },
  {
    name: "williamsR50",
    group: "momentum",
    formula: "%R(50) / 50 + 1",
    range: "−1 to 1",
    source: "Williams, How I Made One Million Dollars Last Year Trading Commodities, 1973",
    create: () => rescaled(williamsR(50), 1 / 50, 1),
  },
  {
    name: "roc20",
    group: "momentum",
    formula: "close / close[20] − 1",
    range: "above −1, about ±0.3",
    source: "Murphy, Technical Analysis of the Financial Markets, 1999",
    create: () => rescaled(rateOfChange(20), 1 / 100),
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
    name: "atr14",
    group: "volatility",
    formula: "ATR(14, Wilder) / close",
    range: "0 to about 0.1",
    source: wilder1978,
    create: () => perClose(atr(14)),
  },
  {
    name: "bollinger20",
    group: "volatility",
    formula: "[%B, width](SMA(20) ± 2σ, population)",
    range: "%B about −0.5 to 1.5; width 0 to about 0.5",
    source: "Bollinger, Bollinger on Bollinger Bands, 2001",
    create: () => bollingerBands(20, 2),
  },
  {
    name: "keltner20",
    group: "volatility",
    formula: "2 · (close − lower) / (upper − lower) − 1, EMA(20) ± 2 · ATR(10)",
    range: "about ±3",
    source: "Connors and Raschke, Street Smarts, 1995",
    create: () => rescaled(keltnerChannel(20, 10, 2), 2, -1),
  },
  {
    name: "obvChange20",
    group: "volume",
    formula: "(OBV − OBV[20]) / sum(volume, 20)",
    range: "−1 to 1",
    source: "Granville, New Key to Stock Market Profits, 1963",
    create: () => onBalanceVolumeChange(20),
  },
  {
    name: "cmf20",
    group: "volume",
    formula: "sum(((close − low) − (high − close)) / (high − low) · volume, 20) / sum(volume, 20)",
    range: "−1 to 1",
    source: "Achelis, Technical Analysis from A to Z, 2001",
    create: () => chaikinMoneyFlow(20),
  },
  {
    name: "mfi14",
    group: "volume",
    formula: "MFI(14) / 50 − 1",
    range: "−1 to 1",
    source: "Quong and Soudack, Technical Analysis of Stocks & Commodities 7, 1989",
    create: () => rescaled(moneyFlowIndex(14), 1 / 50, -1),
  },
  {
    name: "zScore60",
    group: "statistics",
    formula: "(close − SMA(60)) / σ(close, 60, population)",
    range: "±√59",
    source: "Chan, Algorithmic Trading, 2013",
    create: () => zScore(60),
  },
  {
    name: "skewness60",
    group: "statistics",
    formula: "G₁ of 60 log returns (bias-corrected)",
    range: "about ±8",
    source: joanesGill1998,
    create: () => skewness(60),
  },
  {
    name: "kurtosis60",
    group: "statistics",
    formula: "G₂ of 60 log returns (excess, bias-corrected)",
    range: "about −2 to 60",
    source: joanesGill1998,
    create: () => kurtosis(60),
  },
  {
    name: "varianceRatio5",
    group: "statistics",
    formula: "VR(5) − 1 of 120 log returns (overlapping, bias-corrected)",
    range: "−1 to about 4",
    source: "Lo and MacKinlay, Review of Financial Studies 1, 1988",
    create: () => rescaled(varianceRatio(5, 120), 1, -1),
  },
];
