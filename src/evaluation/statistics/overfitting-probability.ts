/** @file Probability of backtest overfitting: how often the best strategy of one half of the time is below the middle in the other. */
import { invariant } from "#base/invariant.ts";
import { mean } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import { known, notEnough } from "./answer.ts";

export interface Overfitting {
  /** Share of splits in which the winner of one half ranks in the lower half of the other. */
  readonly probability: number;
  /** Share of splits in which the winner of one half has a Sharpe ratio below 0 in the other. */
  readonly lossProbability: number;
  /** Least-squares line through the winners: Sharpe a bar out of sample = `level` + `slope` · in sample. */
  readonly degradation: { readonly slope: number; readonly level: number };
  readonly splits: number;
  /** ln(ω / (1 − ω)) of each split, ω being the winner's rank out of sample over N + 1; `[splits]`. */
  readonly logits: Float64Array;
}

/** A Sharpe ratio of fewer bars than this in a block would be noise. */
const leastBlockBars = 10;

/**
 * Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado and Zhu, 2015): the bars are cut into `blocks` blocks,
 * and each half of the blocks is once the sample in which the strategy of the highest Sharpe ratio wins. Bars that do not fill
 * the blocks are left out at the start. Splits add up sums of blocks and touch no bar. Equal ranks share their mean.
 * @param strategies returns per bar over the same bars, `[N][T]`.
 * @param blocks even, at most 20.
 */
export function overfittingProbability(strategies: readonly ArrayLike<number>[], blocks = 16): Answer<Overfitting> {
  invariant(blocks >= 2 && blocks <= 20 && blocks % 2 === 0, "blocks are an even number up to 20", { blocks });
  const count = strategies.length;
  const bars = strategies[0]?.length ?? 0;
  if (count < 2) return notEnough(2, count, "strategies");
  if (bars < leastBlockBars * blocks) return notEnough(leastBlockBars * blocks, bars, "bars");
  invariant(
    strategies.every(({ length }) => length === bars),
    "strategies are compared over the same bars",
  );
  const { sums, squares, offset, halfBars } = blockSums(strategies, blocks);
  const totals = halfSums(sums, blocks, count, 2 ** blocks - 1, new Float64Array(count));
  const totalSquares = halfSums(squares, blocks, count, 2 ** blocks - 1, new Float64Array(count));
  const half = new Float64Array(count);
  const halfSquares = new Float64Array(count);
  const after = new Float64Array(count);
  const logits: number[] = [];
  const inSample: number[] = [];
  const outOfSample: number[] = [];
  for (let mask = 0; mask < 2 ** blocks; mask++) {
    if (bitCount(mask) * 2 !== blocks) continue;
    halfSums(sums, blocks, count, mask, half);
    halfSums(squares, blocks, count, mask, halfSquares);
    let winner = 0;
    let best = -Infinity;
    for (let which = 0; which < count; which++) {
      const before = sharpeOf(half[which], halfSquares[which], offset[which], halfBars);
      after[which] = sharpeOf(
        totals[which] - half[which],
        totalSquares[which] - halfSquares[which],
        offset[which],
        halfBars,
      );
      if (before > best) {
        best = before;
        winner = which;
      }
    }
    const share = rank(after, winner) / (count + 1);
    logits.push(Math.log(share / (1 - share)));
    inSample.push(best);
    outOfSample.push(after[winner]);
  }
  const splits = logits.length;
  return known({
    probability: logits.filter((logit) => logit <= 0).length / splits,
    lossProbability: outOfSample.filter((value) => value < 0).length / splits,
    degradation: line(inSample, outOfSample),
    splits,
    logits: Float64Array.from(logits),
  });
}

interface BlockSums {
  /** `[blocks, N]` each, of returns less their strategy's mean, so that squares lose no digits. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly offset: Float64Array;
  readonly halfBars: number;
}

function blockSums(strategies: readonly ArrayLike<number>[], blocks: number): BlockSums {
  const count = strategies.length;
  const blockBars = Math.floor(strategies[0].length / blocks);
  const skipped = strategies[0].length - blockBars * blocks;
  const sums = new Float64Array(blocks * count);
  const squares = new Float64Array(blocks * count);
  const offset = Float64Array.from(strategies, mean);
  strategies.forEach((returns, which) => {
    for (let t = 0; t < blockBars * blocks; t++) {
      const value = returns[skipped + t] - offset[which];
      const at = Math.floor(t / blockBars) * count + which;
      sums[at] += value;
      squares[at] += value * value;
    }
  });
  return { sums, squares, offset, halfBars: (blockBars * blocks) / 2 };
}

/** Sums of the blocks whose bits are set in `mask`, `[N]`. */
function halfSums(sums: Float64Array, blocks: number, count: number, mask: number, into: Float64Array): Float64Array {
  into.fill(0);
  for (let block = 0; block < blocks; block++) {
    if ((mask & (1 << block)) === 0) continue;
    const from = block * count;
    for (let which = 0; which < count; which++) into[which] += sums[from + which];
  }
  return into;
}

/** Sharpe a bar; 0 where the returns do not vary. */
function sharpeOf(sum: number, squares: number, offset: number, bars: number): number {
  const average = sum / bars;
  const variance = (squares - bars * average * average) / (bars - 1);
  const level = average + offset;
  return variance > 1e-24 * level * level ? level / Math.sqrt(variance) : 0;
}

/** Place of a value among all in ascending order, from 1; equal values share the mean of their places. */
function rank(values: Float64Array, which: number): number {
  let below = 0;
  let equal = 0;
  for (const value of values) {
    if (value < values[which]) below++;
    else if (value === values[which]) equal++;
  }
  return below + (equal + 1) / 2;
}

function line(x: readonly number[], y: readonly number[]): { readonly slope: number; readonly level: number } {
  const middleX = mean(x);
  const middleY = mean(y);
  let both = 0;
  let own = 0;
  for (let at = 0; at < x.length; at++) {
    both += (x[at] - middleX) * (y[at] - middleY);
    own += (x[at] - middleX) ** 2;
  }
  const slope = own > 0 ? both / own : 0;
  return { slope, level: middleY - slope * middleX };
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
