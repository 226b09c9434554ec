/**
 * @file PSR, DSR and the lengths they ask for, against the worked examples of their papers and, on a series of 500 bars, against
 * the formulas over NumPy and SciPy 1.17.1 (stats.skew, stats.kurtosis(fisher=False), special.ndtr, special.ndtri).
 */
import { expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { deflatedSharpe, expectedBestSharpe, expectedMaximum } from "./deflated-sharpe.ts";
import { minimumBacktestYears, minimumTrackRecord } from "./minimum-length.ts";
import { probabilisticSharpe } from "./probabilistic-sharpe.ts";
import { autoregression, skewedReturns } from "./series.fixture.ts";
import { trackRecord } from "./track-record.ts";

function valueOf<T>(answer: Answer<T>): T {
  if (!answer.known) throw new Error(answer.reason);
  return answer.value;
}

test("measures a series as SciPy does, with kurtosis that is not excess", () => {
  const record = valueOf(trackRecord(skewedReturns()));
  expect(record.sharpe).toBeCloseTo(0.0712629073410219, 10);
  expect(record.skewness).toBeCloseTo(0.41296138853701914, 10);
  expect(record.kurtosis).toBeCloseTo(2.033710613345404, 10);
});

test("agrees with SciPy on PSR, DSR and the minimum track record length", () => {
  const record = valueOf(trackRecord(skewedReturns()));
  expect(valueOf(probabilisticSharpe(record))).toBeCloseTo(0.9468181397100486, 10);
  expect(valueOf(probabilisticSharpe(record, 0.05))).toBeCloseTo(0.6850255926278643, 10);
  expect(valueOf(deflatedSharpe(record, { count: 20, variance: 0.0004 }))).toBeCloseTo(0.7743914763012836, 10);
  expect(valueOf(minimumTrackRecord(record))).toBeCloseTo(518.7757198384103, 6);
});

test("repeats the example of Bailey and López de Prado (2014): 100 trials turn a Sharpe ratio of 2.5 into 0.90", () => {
  // Five years of 250 days, skewness −3, kurtosis 10, variance of annual Sharpe ratios 1/2.
  const record = { sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10, bars: 1250 };
  const trials = { count: 100, variance: 0.5 / 250 };
  expect(expectedBestSharpe(trials)).toBeCloseTo(0.1132, 4);
  expect(valueOf(deflatedSharpe(record, trials))).toBeCloseTo(0.9004, 4);
  expect(valueOf(deflatedSharpe(record, { ...trials, count: 46 })), "their 46 independent trials").toBeCloseTo(
    0.9505,
    4,
  );
  expect(valueOf(deflatedSharpe(record, { ...trials, effective: 46 }))).toBeCloseTo(0.9505, 4);
});

test("repeats the example of Bailey and López de Prado (2012): fat tails turn 0.98 into 0.91", () => {
  const fund = { sharpe: 0.458, bars: 24 };
  expect(valueOf(probabilisticSharpe({ ...fund, skewness: 0, kurtosis: 3 }))).toBeCloseTo(0.982, 2);
  expect(valueOf(probabilisticSharpe({ ...fund, skewness: -2.448, kurtosis: 10.164 }))).toBeCloseTo(0.913, 2);
});

test.each([
  [2, 0.5197553442805939],
  [10, 1.57459830134575],
  [100, 2.5306028932016846],
  [1000, 3.255121513652723],
])("expects of the best of %i trials what SciPy's quantiles give", (count, expected) => {
  expect(expectedMaximum(count)).toBeCloseTo(expected, 10);
});

test("after as many bars as it asks for, the probability is the confidence", () => {
  const record = valueOf(trackRecord(skewedReturns()));
  const bars = valueOf(minimumTrackRecord(record, 0.01, 0.9));
  expect(valueOf(probabilisticSharpe({ ...record, bars }, 0.01))).toBeCloseTo(0.9, 10);
});

test("repeats Bailey et al. (2014): five years carry no more than 45 trials for a Sharpe ratio of 1", () => {
  expect(valueOf(minimumBacktestYears(45, 1))).toBeCloseTo(5, 1);
  expect(valueOf(minimumBacktestYears(45, 2))).toBeCloseTo(2.2356401777664052 ** 2 / 4, 10);
});

test("with one trial nothing is deflated, and every further trial takes away", () => {
  const record = valueOf(trackRecord(skewedReturns()));
  const at = (count: number): number => valueOf(deflatedSharpe(record, { count, variance: 0.0004 }));
  expect(at(1)).toBe(valueOf(probabilisticSharpe(record)));
  expect([2, 3, 10, 100].map(at)).toEqual([2, 3, 10, 100].map(at).toSorted((a, b) => b - a));
});

test("says what is missing rather than a number", () => {
  expect(trackRecord(autoregression(29, 1))).toMatchObject({ known: false, needed: 30, found: 29 });
  expect(trackRecord(new Float64Array(100).fill(0.01)).known).toBe(false);
  expect(minimumTrackRecord({ sharpe: 0, skewness: 0, kurtosis: 3, bars: 100 }).known).toBe(false);
  expect(minimumBacktestYears(10, 0).known).toBe(false);
  const record = { sharpe: 0.1, skewness: 0, kurtosis: 3, bars: 100 };
  expect(deflatedSharpe(record, { count: 0, variance: 0.1 }).known).toBe(false);
});
