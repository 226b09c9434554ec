/** @file How often 95 % intervals of metrics hold the truth, as percentiles and corrected for bias and acceleration (BCa; Efron, 1987). */
import { optimalBlockLength } from "#base/blocks.ts";
import type { Rng } from "#base/rng.ts";
import { createRng } from "#base/rng.ts";
import { pairedBootstrap, quantile } from "#evaluation/bootstrap.ts";
import { metricIntervals } from "#evaluation/metric-intervals.ts";
import { annualReturn, drawdown, mean, moments, sharpe, sortino } from "#evaluation/metrics.ts";
import { normalProbability } from "#evaluation/statistics/normal.ts";
import { inverseNormal } from "#features/scalers/inverse-normal.ts";
import type { Figure } from "./figure.ts";

const barsPerYear = 252;
const [rounds, resamples, tail] = [400, 1000, 0.025];
const lengths = [250, 1000, 2500];
/** A Sharpe ratio of 0.8 a year. */
const [average, deviation] = [0.0005, 0.01];
const names = ["sharpe", "sortino", "annualReturn", "maxDrawdown"] as const;

/** Returns a bar of mean `average` and of deviation `deviation`. */
type Process = (bars: number, rng: Rng) => Float64Array;

const processes: Readonly<Record<string, Process>> = {
  /** rₜ = μ + 0.2 (rₜ₋₁ − μ) + eₜ, e normal. */
  autoregression: (bars, rng) => {
    const scale = deviation * Math.sqrt(1 - 0.2 ** 2);
    let last = deviation * rng.normal();
    return Float64Array.from({ length: bars }, () => average + (last = 0.2 * last + scale * rng.normal()));
  },
  /** GARCH(1,1): hₜ = (1 − 0.98) σ² + 0.1 eₜ₋₁² + 0.88 hₜ₋₁, Student's t with 6 degrees of freedom. */
  garch: (bars, rng) => {
    let variance = deviation ** 2;
    const next = (): number => {
      let squares = 0;
      for (let n = 0; n < 6; n++) squares += rng.normal() ** 2;
      // Its variance is 6/4.
      const error = Math.sqrt(variance) * (rng.normal() / Math.sqrt(squares / 6)) * Math.sqrt(4 / 6);
      variance = 0.02 * deviation ** 2 + 0.1 * error * error + 0.88 * variance;
      return average + error;
    };
    for (let t = 0; t < 200; t++) next();
    return Float64Array.from({ length: bars }, next);
  },
};

function statistics(returns: Float64Array): number[] {
  const equity = new Float64Array(returns.length + 1).fill(1);
  for (let t = 0; t < returns.length; t++) equity[t + 1] = equity[t] * (1 + returns[t]);
  return [
    sharpe(returns, barsPerYear),
    sortino(returns, barsPerYear),
    annualReturn(returns, barsPerYear),
    drawdown(equity).depth,
  ];
}

/** What the intervals should hold: of a very long series, and of drawdowns the median over many series of the same length. */
function truths(process: Process, bars: number, rng: Rng): number[] {
  const long = process(2_000_000, rng);
  const down = Math.sqrt(mean(long.map((value) => Math.min(value, 0) ** 2)));
  // The mean is known; what a sample of it adds is left out.
  const curvature = mean(long.map((value) => Math.log1p(value) - value));
  const depths = Float64Array.from({ length: 2000 }, () => statistics(process(bars, rng))[3]).sort();
  const yearly = Math.sqrt(barsPerYear);
  return [
    (average / deviation) * yearly,
    (average / down) * yearly,
    Math.expm1(barsPerYear * (average + curvature)),
    quantile(depths, 0.5),
  ];
}

/** Acceleration by the jackknife over blocks: Σ d³ / (6 (Σ d²)^1.5), d how far each block's absence moves the mean of all. */
function accelerations(returns: Float64Array, blockBars: number): number[] {
  const blocks = Math.max(Math.floor(returns.length / blockBars), 2);
  const without = Array.from({ length: blocks }, (_, block) => {
    const [from, to] = [block, block + 1].map((n) => Math.floor((n * returns.length) / blocks));
    const rest = new Float64Array(returns.length - (to - from));
    rest.set(returns.subarray(0, from));
    rest.set(returns.subarray(to), from);
    return statistics(rest);
  });
  return names.map((_, which) => {
    const values = without.map((each) => each[which]);
    const { mean: middle } = moments(values);
    const cubes = values.reduce((sum, value) => sum + (middle - value) ** 3, 0);
    const squares = values.reduce((sum, value) => sum + (middle - value) ** 2, 0);
    return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  });
}

/** The shares of the resamples that a BCa interval lies between. */
function correctedTails(estimate: number, sorted: Float64Array, acceleration: number): [number, number] {
  const below =
    sorted.filter((value) => value < estimate).length + sorted.filter((value) => value === estimate).length / 2;
  const bias = inverseNormal(Math.min(Math.max(below, 0.5), resamples - 0.5) / resamples);
  const shifted = (p: number): number => {
    const z = bias + inverseNormal(p);
    return normalProbability(bias + z / (1 - acceleration * z));
  };
  return [shifted(tail), shifted(1 - tail)];
}

interface Coverage {
  percentile: number;
  corrected: number;
  /** Means over rounds. */
  percentileWidth: number;
  correctedWidth: number;
}

function coverage(process: Process, bars: number, rng: Rng): Record<string, Coverage> {
  const truth = truths(process, bars, rng.fork("truth"));
  const found = names.map((): Coverage => ({ percentile: 0, corrected: 0, percentileWidth: 0, correctedWidth: 0 }));
  for (let round = 0; round < rounds; round++) {
    const own = rng.fork(round);
    const returns = process(bars, own);
    // As `metricIntervals` chooses it.
    const memory = Math.max(optimalBlockLength(returns), optimalBlockLength(returns.map((value) => value * value)));
    const blockLengthBars = Math.max(memory, Math.cbrt(bars));
    const values = pairedBootstrap([returns], ([redrawn]) => statistics(redrawn), {
      rng: own,
      blockLengthBars,
      resamples,
    });
    const estimates = statistics(returns);
    const acceleration = accelerations(returns, Math.ceil(blockLengthBars));
    names.forEach((_, which) => {
      const sorted = values[which].toSorted();
      const bounds = (low: number, high: number): [number, number] => [quantile(sorted, low), quantile(sorted, high)];
      const plain = bounds(tail, 1 - tail);
      const corrected = bounds(...correctedTails(estimates[which], sorted, acceleration[which]));
      const holds = ([lower, upper]: [number, number]): number =>
        Number(lower <= truth[which] && truth[which] <= upper);
      found[which].percentile += holds(plain) / rounds;
      found[which].corrected += holds(corrected) / rounds;
      found[which].percentileWidth += (plain[1] - plain[0]) / rounds;
      found[which].correctedWidth += (corrected[1] - corrected[0]) / rounds;
    });
  }
  return Object.fromEntries(names.map((name, which) => [name, found[which]]));
}

/**
 * How often the interval of the exposure holds it, of a position that comes and goes with a chance of 1/40 a bar: half of the time
 * it is there.
 */
function exposureCoverage(bars: number): number {
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    const rng = createRng(round, "exposure");
    let position = rng.integer(2);
    const gross = Float64Array.from({ length: bars }, () =>
      rng.uniform() < 1 / 40 ? (position = 1 - position) : position,
    );
    const none = new Float64Array(bars);
    const equity = new Float64Array(bars + 1).fill(1);
    const trips = { closed: none, wins: none, won: none, lost: none, returns: none };
    const activity = { equity, gross, net: gross, traded: none, costs: none, trips };
    const returns = Float64Array.from({ length: bars }, () => deviation * rng.normal());
    const { exposure } = metricIntervals([{ returns, activity }], { barsPerYear, rng, resamples });
    if (exposure !== undefined && exposure.lower <= 0.5 && exposure.upper >= 0.5) held++;
  }
  return held / rounds;
}

/** How much farther BCa intervals are from holding 95 % than percentiles, on average: above 0 they are worse. */
export function benchIntervals(): Figure {
  const all = Object.fromEntries(
    Object.entries(processes).flatMap(([kind, process]) =>
      lengths.map((bars) => [`${kind}.${bars}`, coverage(process, bars, createRng(1, `${kind} ${bars}`))]),
    ),
  );
  const each = Object.values(all).flatMap((of) => Object.values(of));
  const error = (share: number): number => Math.abs(share - (1 - 2 * tail));
  return {
    value: mean(each.map(({ percentile, corrected }) => error(corrected) - error(percentile))),
    unit: "share",
    rounds,
    resamples,
    all,
    exposure: Object.fromEntries([500, 1500, 5000].map((bars) => [bars, exposureCoverage(bars)])),
  };
}
