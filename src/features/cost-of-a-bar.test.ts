/**
 * @file A bar costs an indicator O(1) or O(log n) on average, n its window: counted in numbers that it reads and writes.
 * All that an indicator remembers lies in `Float64Array`s (`memory.ts`), so that a loop over a window cannot hide.
 */
import { readdirSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import type { Bar } from "#domain/bar.ts";
import { confluence, only, slope, weightedVote } from "./combinations.ts";
import { countedArrays } from "./counted-arrays.fixture.ts";
import type { Indicator } from "./indicator.ts";
import { indicator } from "./indicator.ts";
import { autocorrelation } from "./indicators/autocorrelation.ts";
import { averageDirectionalIndex } from "./indicators/average-directional-index.ts";
import { atr } from "./indicators/average-true-range.ts";
import { bollingerBands } from "./indicators/bollinger-bands.ts";
import { bollingerLevels } from "./indicators/bollinger-levels.ts";
import { bollingerPattern } from "./indicators/bollinger-pattern.ts";
import { candlePattern } from "./indicators/candle-pattern.ts";
import { candleShape } from "./indicators/candle-shape.ts";
import { chaikinMoneyFlow } from "./indicators/chaikin-money-flow.ts";
import { clock } from "./indicators/clock.ts";
import { commodityChannelIndex } from "./indicators/commodity-channel-index.ts";
import { corwinSchultzSpread } from "./indicators/corwin-schultz-spread.ts";
import { cumulativeVolume } from "./indicators/cumulative-volume.ts";
import { divergence } from "./indicators/divergence.ts";
import { easeOfMovement } from "./indicators/ease-of-movement.ts";
import { entryScore } from "./indicators/entry-score.ts";
import { exponentialMovingAverage } from "./indicators/exponential-moving-average.ts";
import { forceIndex } from "./indicators/force-index.ts";
import { hurstExponent } from "./indicators/hurst-exponent.ts";
import { keltnerBands } from "./indicators/keltner-bands.ts";
import { keltnerChannel } from "./indicators/keltner-channel.ts";
import { kurtosis } from "./indicators/kurtosis.ts";
import { logReturn } from "./indicators/log-return.ts";
import { macd } from "./indicators/macd.ts";
import { meanReversion } from "./indicators/mean-reversion.ts";
import { measured } from "./indicators/measured.ts";
import { momentumStart } from "./indicators/momentum-start.ts";
import { moneyFlowIndex } from "./indicators/money-flow-index.ts";
import { movingAverageOrder } from "./indicators/moving-average-order.ts";
import { onBalanceVolumeChange } from "./indicators/on-balance-volume-change.ts";
import { permutationEntropy } from "./indicators/permutation-entropy.ts";
import { pivotPoints } from "./indicators/pivot-points.ts";
import { rangeLevel } from "./indicators/range-level.ts";
import { rateOfChange } from "./indicators/rate-of-change.ts";
import { recentSum } from "./indicators/recent-sum.ts";
import { recentZScore } from "./indicators/recent-z-score.ts";
import { regressionSlope } from "./indicators/regression-slope.ts";
import { relativeStrengthIndex } from "./indicators/relative-strength-index.ts";
import { returnMoments } from "./indicators/return-moments.ts";
import { seasonalVolume } from "./indicators/seasonal-volume.ts";
import { sessionExtremes } from "./indicators/session-extremes.ts";
import { sessionProgress } from "./indicators/session-progress.ts";
import { sessionVwap } from "./indicators/session-vwap.ts";
import { simpleMovingAverage } from "./indicators/simple-moving-average.ts";
import { skewness } from "./indicators/skewness.ts";
import { slotPercentile } from "./indicators/slot-percentile.ts";
import { stochastic } from "./indicators/stochastic.ts";
import { supportResistance } from "./indicators/support-resistance.ts";
import { trendScore } from "./indicators/trend-score.ts";
import { trendStrength } from "./indicators/trend-strength.ts";
import { trueStrengthIndex } from "./indicators/true-strength-index.ts";
import { ulcerIndex } from "./indicators/ulcer-index.ts";
import { ultimateOscillator } from "./indicators/ultimate-oscillator.ts";
import { perUsualSize } from "./indicators/usual-size.ts";
import { varianceRatio } from "./indicators/variance-ratio.ts";
import { volatilityRegime } from "./indicators/volatility-regime.ts";
import { volumeAverage } from "./indicators/volume-average.ts";
import { volumePattern } from "./indicators/volume-pattern.ts";
import { volumePriceTrendChange } from "./indicators/volume-price-trend-change.ts";
import { williamsR } from "./indicators/williams-r.ts";
import { zScore } from "./indicators/z-score.ts";
import { recentSigns } from "./order-flow/trade-sign.ts";
import { sampleBars, withMeasured } from "./sample-bars.ts";
import { perEase, perForce } from "./scale-free.ts";

const closes = (): Indicator => simpleMovingAverage(1);
const dayOf = (openTime: number): number => openTime;
const onlySlot = (): number => 0;

/** Each file of `indicators/` with every one of its windows n bars long; those without a window cost what they cost. */
const indicators: Record<string, (n: number) => Indicator> = {
  autocorrelation: (n) => autocorrelation(n, n),
  "average-directional-index": averageDirectionalIndex,
  "average-true-range": atr,
  "bollinger-bands": bollingerBands,
  "bollinger-levels": bollingerLevels,
  "bollinger-pattern": (n) => bollingerPattern(n, 2, n),
  "candle-pattern": candlePattern,
  "candle-shape": candleShape,
  "chaikin-money-flow": chaikinMoneyFlow,
  clock: () => clock(dayOf),
  "commodity-channel-index": commodityChannelIndex,
  "corwin-schultz-spread": corwinSchultzSpread,
  "cumulative-volume": cumulativeVolume,
  divergence: (n) => divergence(n, n),
  "ease-of-movement": easeOfMovement,
  "entry-score": entryScore,
  "exponential-moving-average": exponentialMovingAverage,
  "force-index": forceIndex,
  "hurst-exponent": (n) => hurstExponent(16 * n),
  "keltner-bands": (n) => keltnerBands(n, n),
  "keltner-channel": (n) => keltnerChannel(n, n),
  kurtosis,
  "log-return": logReturn,
  macd: (n) => macd(n, 2 * n, n),
  "mean-reversion": meanReversion,
  measured: () => measured([0, 3]),
  "momentum-start": momentumStart,
  "money-flow-index": moneyFlowIndex,
  "moving-average-order": (n) => movingAverageOrder(n, 2 * n),
  "on-balance-volume-change": onBalanceVolumeChange,
  "permutation-entropy": permutationEntropy,
  "pivot-points": (n) => pivotPoints(dayOf, n),
  "range-level": (n) => rangeLevel(n, n),
  "rate-of-change": rateOfChange,
  "recent-sum": (n) => recentSum(closes(), n),
  "recent-z-score": (n) => recentZScore(closes(), n),
  "regression-slope": regressionSlope,
  "relative-strength-index": relativeStrengthIndex,
  "return-moments": returnMoments,
  "seasonal-volume": (n) => seasonalVolume(n, 1, onlySlot, 1),
  "session-extremes": (n) => sessionExtremes(n, dayOf, 1),
  "session-progress": () => sessionProgress(dayOf),
  "session-vwap": () => sessionVwap(dayOf),
  "simple-moving-average": simpleMovingAverage,
  skewness,
  "slot-percentile": (n) => slotPercentile(closes(), { count: 1, of: onlySlot, every: 1, kept: n, fewest: 1 }),
  stochastic: (n) => stochastic(n, n),
  "support-resistance": supportResistance,
  "trend-score": (n) => trendScore([n, 2 * n]),
  "trend-strength": trendStrength,
  "true-strength-index": (n) => trueStrengthIndex(n, n),
  "ulcer-index": ulcerIndex,
  "ultimate-oscillator": (n) => ultimateOscillator(n, n, n),
  "usual-size": (n) => perUsualSize(closes(), n),
  "variance-ratio": (n) => varianceRatio(n / 2, n),
  "volatility-regime": (n) => volatilityRegime(n, n),
  "volume-average": volumeAverage,
  "volume-pattern": volumePattern,
  "volume-price-trend-change": volumePriceTrendChange,
  "williams-r": williamsR,
  "z-score": zScore,
};

/** The imbalance of the last signs, as an indicator of whether bars rise or fall. */
function signs(n: number): Indicator {
  const recent = recentSigns(n);
  return indicator(["imbalance"], n, [recent], ({ open, close }, into, at) => {
    recent.take(close > open ? 1 : close < open ? -1 : 0);
    into[at] = recent.imbalance();
  });
}

/** What else has a window, in other files. */
const others: Record<string, (n: number) => Indicator> = {
  "the slope of an indicator": (n) => slope(closes(), n),
  "a value per force": (n) => perForce(closes(), n, n),
  "a value per ease": (n) => perEase(closes(), n, n),
  "the imbalance of recent signs": signs,
  "a vote": (n) => weightedVote(only(bollingerLevels(n), ["upper", "lower"]), [1, 2]),
  "a confluence": (n) => confluence(only(bollingerLevels(n), ["upper", "lower"])),
};

afterEach(() => vi.unstubAllGlobals());

/** Bars that go up and down by chance, then only up, then only down: hard for trees and for extremes. */
function hardBars(length: number): Bar[] {
  const third = Math.ceil(length / 3);
  return withMeasured(sampleBars(length)).map((bar, t) => {
    if (t < third) return bar;
    const close = t < 2 * third ? 100 + t : 100 + 4 * third - t;
    return { ...bar, open: close - 0.5, high: close + 1, low: close - 1, close };
  });
}

/** Numbers that an indicator reads and writes a bar, on average once it is warm. */
function touchesPerBar(create: (n: number) => Indicator, n: number): number {
  const warmUp = create(n).warmUpBars;
  const bars = Math.max(2 * warmUp, 6 * n);
  const market = hardBars(warmUp + bars);
  const counted = countedArrays();
  vi.stubGlobal("Float64Array", counted.constructor);
  const one = create(n);
  const into = new Float64Array(one.outputs.length);
  let before = 0;
  market.forEach((bar, t) => {
    if (t === warmUp) before = counted.touched();
    one.next(bar, into, 0);
  });
  vi.unstubAllGlobals();
  return (counted.touched() - before) / bars;
}

/** Of a window 16 times as long, log n is twice as large, √n four times and n sixteen times. */
const [short, long, atMost] = [16, 256, 2.5];

test.each(Object.entries({ ...indicators, ...others }))("%s costs O(1) or O(log n) a bar", (_, create) => {
  expect(touchesPerBar(create, long) / touchesPerBar(create, short)).toBeLessThan(atMost);
});

test("names every indicator that there is", () => {
  const files = readdirSync(new URL("indicators", import.meta.url)).filter((file) => !file.endsWith(".test.ts"));
  expect(files.map((file) => file.replace(/\.ts$/u, "")).toSorted()).toEqual(Object.keys(indicators).toSorted());
});

test("finds an indicator that looks through its window at every bar, or that moves half of it along", () => {
  const looking = (n: number): Indicator => {
    const window = new Float64Array(n);
    const at = new Float64Array(1);
    return indicator(["sum"], n, [window, at], ({ close }, into, to) => {
      window[at[0]++ % n] = close;
      into[to] = 0;
      for (let k = 0; k < n; k++) into[to] += window[k];
    });
  };
  const moving = (n: number): Indicator => {
    const window = new Float64Array(n);
    return indicator(["last"], n, [window], ({ close }, into, to) => {
      window.copyWithin(0, 1);
      window[n - 1] = close;
      into[to] = close;
    });
  };
  for (const create of [looking, moving]) {
    expect(touchesPerBar(create, long) / touchesPerBar(create, short)).toBeGreaterThan(3 * atMost);
  }
});
