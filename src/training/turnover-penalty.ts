/** @file What trading costs in learning beside its real costs, so that what luck seems to offer on a span is not worth a trade. */
import type { BarRange } from "#data/split.ts";
import type { Table } from "#env/space.ts";
import type { WeightedTerm } from "#market/reward.ts";
import { turnover } from "#market/rewards/turnover.ts";
import type { Market } from "#market/world.ts";
import type { Experiment } from "./experiment.ts";

/** Share of the training over which the penalty grows: an agent first finds what there is, then lets go of what is not worth it. */
const growth = 0.5;

/** The penalty on turnover as a term of the reward; nothing where the settings ask for none. */
export function turnoverPenalty(
  market: Market,
  table: Table,
  train: readonly BarRange[],
  { turnoverPenalty: times, lookbackBars, transitions, lanes }: Experiment,
): readonly WeightedTerm[] {
  if (times === 0) return [];
  const weight = times * luckOfABar(market, table, train, lookbackBars);
  return [{ term: turnover, weight, growthSteps: Math.max(1, Math.floor((growth * transitions) / lanes)) }];
}

/**
 * σ·√(d / N): by so much the best linear rule of d numbers seems to foretell the log return of a bar, of deviation σ, on the N bars
 * that it is fitted on, where there is nothing to foretell: the expected R² of least squares on noise is d / N.
 */
export function luckOfABar(market: Market, table: Table, train: readonly BarRange[], lookbackBars: number): number {
  const bars = train.reduce((sum, { from, to }) => sum + to - from, 0);
  const numbers = Math.min(bars, independentNumbers(table, train, lookbackBars));
  return deviation(market, train) * Math.sqrt(numbers / bars);
}

/**
 * How many independent numbers of equal size would be as much as what is seen: (Σλ)² / Σλ² of the covariance's eigenvalues λ, the
 * participation ratio. Estimated without the covariance: with x and y what is seen, less its mean, at two bars half of the bars
 * apart, Σλ = E|x|² and Σλ² = E(x·y)².
 */
export function independentNumbers(
  { values, columns }: Table,
  train: readonly BarRange[],
  lookbackBars: number,
): number {
  const bars = train.reduce((sum, { from, to }) => sum + to - from, 0);
  const means = new Float64Array(columns);
  for (const { from, to } of train) {
    for (let bar = from; bar < to; bar++) {
      for (let f = 0; f < columns; f++) means[f] += values[bar * columns + f];
    }
  }
  for (let f = 0; f < columns; f++) means[f] /= bars;
  // Windows are compared that lie within one span.
  const ends = lastBarsOfWindows(train, lookbackBars);
  const half = Math.floor(ends.length / 2);
  const product = (one: number, other: number): number => {
    let sum = 0;
    for (let back = 0; back < lookbackBars; back++) {
      const [a, b] = [(one - back) * columns, (other - back) * columns];
      for (let f = 0; f < columns; f++) sum += (values[a + f] - means[f]) * (values[b + f] - means[f]);
    }
    return sum;
  };
  let [squares, products] = [0, 0];
  for (let n = 0; n < half; n++) {
    squares += product(ends[n], ends[n]) / half;
    products += product(ends[n], ends[n + half]) ** 2 / half;
  }
  return products > 0 ? squares ** 2 / products : 0;
}

function lastBarsOfWindows(spans: readonly BarRange[], lookbackBars: number): Int32Array {
  const counts = spans.map(({ from, to }) => Math.max(0, to - from - lookbackBars + 1));
  const bars = new Int32Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [span, { to }] of spans.entries()) {
    for (let bar = to - counts[span]; bar < to; bar++) bars[at++] = bar;
  }
  return bars;
}

/** Standard deviation of the log returns from close to close of the bars of each span, over all instruments. */
function deviation({ quotes: { close }, instruments }: Market, spans: readonly BarRange[]): number {
  let [count, sum, squares] = [0, 0, 0];
  for (const { from, to } of spans) {
    for (let at = (from + 1) * instruments; at < to * instruments; at++) {
      const logReturn = Math.log(close[at] / close[at - instruments]);
      count++;
      sum += logReturn;
      squares += logReturn * logReturn;
    }
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}
