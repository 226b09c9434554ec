/** @file Intervals for Sharpe ratios and their paired differences, many runs at once: a studentised stationary bootstrap on prefix sums. */
import type { Rng } from "#base/rng.ts";
import type { Blocks } from "#base/blocks.ts";
import { drawBlocks, emptyBlocks } from "#base/blocks.ts";
import type { Interval } from "./bootstrap.ts";
import { bootstrapVariance, quantile } from "./bootstrap.ts";
import { mean, moments } from "./metrics.ts";

/** A contender: one or many runs (seeds, random agents) over the same bars, simple per-bar returns net of costs. */
export interface Contender {
  readonly name: string;
  /** `[T]` each. */
  readonly runs: readonly Float64Array[];
}

/** The mean Sharpe of the runs of contender `plus`, less that of `minus` where it is given (indices). */
export interface Contrast {
  readonly plus: number;
  readonly minus: number | undefined;
}

export interface ContrastSettings {
  readonly rng: Rng;
  readonly blockLengthBars: number;
  readonly resamples: number;
  readonly confidence: number;
}

/** All runs of all contenders side by side: `R` runs of `T` bars, contender c owns runs `first[c]` to `first[c + 1]`. */
interface Panel {
  readonly bars: number;
  readonly runs: number;
  readonly first: Int32Array;
  /** `[R]`: mean of each run, taken off before summing so that sums of squares lose no digits. */
  readonly offset: Float64Array;
  /** `[2T + 1, R]`: running sums of returns and of their squares, twice round, so that a block's sum is one subtraction. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** One redrawn history: per block and run sums, and what each run weighs in its contender's mean. */
interface Draw {
  readonly blocks: Blocks;
  /** `[blocks, R]`. */
  readonly blockSums: Float64Array;
  readonly blockSquares: Float64Array;
  /** `[R]`: share of the run in the mean of its contender, by drawing as many runs as there are, with replacement. */
  readonly weight: Float64Array;
  /** `[R]`: per-bar Sharpe. */
  readonly sharpe: Float64Array;
  /** `[R]` each: influence of a block on its contender's Sharpe = onSum · Σx + onSquare · Σx² + onBar · length. */
  readonly onSum: Float64Array;
  readonly onSquare: Float64Array;
  readonly onBar: Float64Array;
}

/**
 * Influence of each bar on a run's per-bar Sharpe S, `[T]`: (r − μ)/σ − (S/2)((r − μ)²/σ² − 1), whose mean is 0 and
 * whose long-run variance over T is the variance of S (Lo, 2002; Ledoit and Wolf, 2008). Zero for a run that does not vary.
 */
function influence(run: Float64Array): Float64Array {
  const { mean: average, deviation } = moments(run);
  if (deviation === 0) return new Float64Array(run.length);
  const ratio = average / deviation;
  return run.map((value) => {
    const score = (value - average) / deviation;
    return score - (ratio / 2) * (score * score - 1);
  });
}

/** Influence of each bar on a contender's mean Sharpe, `[T]`; less that of `minus`, where there is one. */
export function contrastInfluence(plus: Contender, minus: Contender | undefined): Float64Array {
  const total = new Float64Array(plus.runs[0].length);
  const add = (contender: Contender, sign: number): void => {
    for (const run of contender.runs) {
      influence(run).forEach((value, t) => (total[t] += (sign * value) / contender.runs.length));
    }
  };
  add(plus, 1);
  if (minus !== undefined) add(minus, -1);
  return total;
}

/** Mean of the per-bar Sharpe ratios of the runs: never the Sharpe of the mean return, which diversification flatters. */
export function meanSharpe(contender: Contender): number {
  return mean(contender.runs.map(runSharpe));
}

function runSharpe(run: Float64Array): number {
  const { mean: average, deviation } = moments(run);
  return deviation === 0 ? 0 : average / deviation;
}

/** Variance of the mean over runs that comes from the choice of seeds: s² / K with n − 1; 0 for one run, where it is unknown. */
function seedVariance(contender: Contender): number {
  const { deviation } = moments(contender.runs.map(runSharpe));
  return (deviation * deviation) / contender.runs.length;
}

/**
 * An interval of per-bar Sharpe for each contrast.
 *
 * Every resample draws blocks of time, the same for all runs (paired), and for each contender with several runs also
 * which runs count (with replacement), so that both the luck of the market and the luck of the seed are in it. A bound
 * is the farther from the estimate of two: the studentised one, estimate − quantile of (D* − D)/se* · se (Ledoit and
 * Wolf, 2008, with se from the influence function, by blocks), and the percentile of D*; then both are moved out by
 * Student's t over the normal for as many blocks as the history holds. Each alone was found too narrow somewhere in
 * `bench/verdict-bench.ts`. A bound is infinite where the resamples give none.
 */
export function sharpeContrasts(
  contenders: readonly Contender[],
  contrasts: readonly Contrast[],
  settings: ContrastSettings,
): Interval[] {
  const { rng, blockLengthBars, resamples, confidence } = settings;
  const panel = panelOf(contenders);
  const draw = emptyDraw(panel);
  const estimates = contenders.map(meanSharpe);
  const difference = (values: ArrayLike<number>, { plus, minus }: Contrast): number =>
    values[plus] - (minus === undefined ? 0 : values[minus]);
  const differences = contrasts.map(() => new Float64Array(resamples));
  const scores = contrasts.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    redraw(panel, draw, rng, blockLengthBars);
    const { sharpes, seedVariances } = contenderSharpes(panel, draw);
    const barVariances = blockVariances(panel, draw, contrasts);
    contrasts.forEach((contrast, which) => {
      const { plus, minus } = contrast;
      const seeds = seedVariances[plus] + (minus === undefined ? 0 : seedVariances[minus]);
      const value = difference(sharpes, contrast);
      differences[which][resample] = value;
      scores[which][resample] = studentised(value - difference(estimates, contrast), barVariances[which] + seeds);
    });
  }
  return contrasts.map((contrast, which) => {
    const plus = contenders[contrast.plus];
    const minus = contrast.minus === undefined ? undefined : contenders[contrast.minus];
    const variance =
      bootstrapVariance(contrastInfluence(plus, minus), blockLengthBars) +
      seedVariance(plus) +
      (minus === undefined ? 0 : seedVariance(minus));
    const estimate = difference(estimates, contrast);
    const outer = widerInterval(estimate, Math.sqrt(variance), scores[which], differences[which], confidence);
    return stretched(outer, fewBlocksFactor(panel.bars / blockLengthBars));
  });
}

/** A deviation from the estimate in units of its own error; infinite where the resample shows no error. */
function studentised(deviation: number, variance: number): number {
  if (deviation === 0) return 0;
  return deviation / Math.sqrt(Math.max(variance, 0));
}

/** The outer bounds of the studentised and the percentile interval. */
function widerInterval(
  estimate: number,
  error: number,
  scores: Float64Array,
  values: Float64Array,
  confidence: number,
): Interval {
  const tail = (1 - confidence) / 2;
  const ascending = scores.toSorted();
  const sorted = values.toSorted();
  // Without an error of its own the estimate cannot be studentised; 0 · ∞ would hide that.
  const reach = (p: number): number => (error === 0 ? 0 : quantile(ascending, p) * error);
  return {
    estimate,
    lower: Math.min(estimate - reach(1 - tail), quantile(sorted, tail)),
    upper: Math.max(estimate - reach(tail), quantile(sorted, 1 - tail)),
  };
}

function stretched({ estimate, lower, upper }: Interval, factor: number): Interval {
  return { estimate, lower: estimate - factor * (estimate - lower), upper: estimate + factor * (upper - estimate) };
}

/**
 * Student's t over the normal quantile at 97.5 %, for a variance known from `blocks` independent pieces only
 * (Cornish and Fisher's expansion to 1/ν², Abramowitz and Stegun 26.7.5).
 */
export function fewBlocksFactor(blocks: number): number {
  const freedom = Math.max(blocks - 1, 1);
  const z = 1.959963984540054;
  return 1 + (z ** 2 + 1) / (4 * freedom) + (5 * z ** 4 + 16 * z ** 2 + 3) / (96 * freedom ** 2);
}

function panelOf(contenders: readonly Contender[]): Panel {
  const all = contenders.flatMap(({ runs }) => runs);
  const runs = all.length;
  const bars = all[0].length;
  const first = new Int32Array(contenders.length + 1);
  contenders.forEach((contender, which) => (first[which + 1] = first[which] + contender.runs.length));
  const offset = Float64Array.from(all, mean);
  const sums = new Float64Array((2 * bars + 1) * runs);
  const squares = new Float64Array((2 * bars + 1) * runs);
  all.forEach((run, which) => {
    for (let t = 0, at = which; t < 2 * bars; t++, at += runs) {
      const value = run[t % bars] - offset[which];
      sums[at + runs] = sums[at] + value;
      squares[at + runs] = squares[at] + value * value;
    }
  });
  return { bars, runs, first, offset, sums, squares };
}

function emptyDraw({ bars, runs }: Panel): Draw {
  const perRun = (): Float64Array => new Float64Array(runs);
  return {
    blocks: emptyBlocks(bars),
    blockSums: new Float64Array(bars * runs),
    blockSquares: new Float64Array(bars * runs),
    weight: perRun(),
    sharpe: perRun(),
    onSum: perRun(),
    onSquare: perRun(),
    onBar: perRun(),
  };
}

/** Draws blocks and runs, and works out every run's Sharpe and influence coefficients in the redrawn history. */
function redraw(panel: Panel, draw: Draw, rng: Rng, blockLengthBars: number): void {
  const { bars, runs, first, offset } = panel;
  const { weight, sharpe, onSum, onSquare, onBar } = draw;
  drawBlocks(rng, bars, blockLengthBars, draw.blocks);
  weight.fill(0);
  for (let contender = 0; contender + 1 < first.length; contender++) {
    const from = first[contender];
    const count = first[contender + 1] - from;
    for (let drawn = 0; drawn < count; drawn++) weight[from + (count === 1 ? 0 : rng.integer(count))] += 1 / count;
  }
  const { total, totalSquares } = sumBlocks(panel, draw);
  for (let run = 0; run < runs; run++) {
    const average = total[run] / bars;
    const level = average + offset[run];
    const variance = (totalSquares[run] - bars * average * average) / (bars - 1);
    const inverse = variance > 1e-24 * level * level ? 1 / Math.sqrt(variance) : 0;
    const ratio = level * inverse;
    sharpe[run] = ratio;
    // (x − m)/σ − (S/2)((x − m)²/σ² − 1), with the powers of x gathered.
    onSum[run] = weight[run] * (inverse + ratio * average * inverse * inverse);
    onSquare[run] = weight[run] * (-ratio / 2) * inverse * inverse;
    onBar[run] = weight[run] * (-average * inverse - (ratio / 2) * (average * average * inverse * inverse - 1));
  }
}

/** Sums of returns and of squares per block (into `draw`) and in all, `[R]`. */
function sumBlocks(
  { runs, sums, squares }: Panel,
  { blocks, blockSums, blockSquares }: Draw,
): { readonly total: Float64Array; readonly totalSquares: Float64Array } {
  const total = new Float64Array(runs);
  const totalSquares = new Float64Array(runs);
  for (let block = 0, at = 0; block < blocks.count; block++) {
    const from = blocks.start[block] * runs;
    const to = from + blocks.length[block] * runs;
    for (let run = 0; run < runs; run++, at++) {
      const sum = sums[to + run] - sums[from + run];
      const square = squares[to + run] - squares[from + run];
      blockSums[at] = sum;
      blockSquares[at] = square;
      total[run] += sum;
      totalSquares[run] += square;
    }
  }
  return { total, totalSquares };
}

/** Mean Sharpe of each contender over its drawn runs, and the variance of that mean over seeds. */
function contenderSharpes(
  { first }: Panel,
  { weight, sharpe }: Draw,
): { readonly sharpes: Float64Array; readonly seedVariances: Float64Array } {
  const count = first.length - 1;
  const sharpes = new Float64Array(count);
  const seedVariances = new Float64Array(count);
  for (let contender = 0; contender < count; contender++) {
    const runs = first[contender + 1] - first[contender];
    for (let run = first[contender]; run < first[contender + 1]; run++) {
      sharpes[contender] += weight[run] * sharpe[run];
    }
    let squares = 0;
    for (let run = first[contender]; run < first[contender + 1]; run++) {
      squares += weight[run] * (sharpe[run] - sharpes[contender]) ** 2;
    }
    seedVariances[contender] = runs > 1 ? squares / (runs - 1) : 0;
  }
  return { sharpes, seedVariances };
}

/** Variance of each contrast over bars in the redrawn history: blocks are independent, so their influences' squares add up. */
function blockVariances(
  { bars, runs, first }: Panel,
  { blocks, blockSums, blockSquares, onSum, onSquare, onBar }: Draw,
  contrasts: readonly Contrast[],
): Float64Array {
  const contenders = first.length - 1;
  const influences = new Float64Array(contenders + 1);
  const variances = new Float64Array(contrasts.length);
  // The last place stands for "nothing", whose influence stays 0.
  const pairs = Int32Array.from(contrasts.flatMap(({ plus, minus }) => [plus, minus ?? contenders]));
  for (let block = 0; block < blocks.count; block++) {
    const at = block * runs;
    const length = blocks.length[block];
    for (let contender = 0; contender < contenders; contender++) {
      let value = 0;
      for (let run = first[contender]; run < first[contender + 1]; run++) {
        value += onSum[run] * blockSums[at + run] + onSquare[run] * blockSquares[at + run] + onBar[run] * length;
      }
      influences[contender] = value;
    }
    for (let which = 0; which < variances.length; which++) {
      const value = influences[pairs[2 * which]] - influences[pairs[2 * which + 1]];
      variances[which] += value * value;
    }
  }
  const freedom = blocks.count / Math.max(blocks.count - 1, 1);
  for (let which = 0; which < variances.length; which++) variances[which] *= freedom / (bars * bars);
  return variances;
}
