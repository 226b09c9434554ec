/** @file What is wrong with the prices of a series: jumps that splits and seams leave, and closes of another kind. */
import type { Bars } from "#domain/bar.ts";

/** A jump from one bar's close to the next bar's open that stays. */
export interface Jump {
  /** The first bar at the new level. */
  readonly index: number;
  /** New price over old. */
  readonly ratio: number;
  /** For a suspected split its terms, new shares for old ones; `undefined` for a seam. */
  readonly split: readonly [fresh: number, old: number] | undefined;
}

/** Splits that companies make; turned round they are reverse splits. */
const splitTerms: readonly (readonly [number, number])[] = [
  [3, 2],
  ...[2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50].map((fresh) => [fresh, 1] as const),
];
/** How far, as a log, a jump may be from the terms of a split; the market itself moves, too. */
const splitTolerance = 0.04;
/** Usual moves that a jump must be worth: of a split, and of a seam, which must also be 10 %. */
const splitLeap = 10;
const seamLeap = 30;
const seamLeast = Math.log(1.1);
/** Bars on either side from which the usual move is taken. */
const around = 100;

/** Suspected splits that were not adjusted for, and seams between series that do not fit. */
export function staying({ open, close }: Bars): Jump[] {
  const found: Jump[] = [];
  const least = Math.log(1.5) - splitTolerance;
  for (let t = 1; t < close.length; t++) {
    const gap = Math.log(open[t] / close[t - 1]);
    const size = Math.abs(gap);
    if (!(size >= seamLeast && size < Infinity)) continue;
    // What comes straight back is a spike, not a new level.
    if (Math.abs(Math.log(close[t] / close[t - 1])) < size / 2) continue;
    if (t + 1 < close.length && Math.abs(Math.log(open[t + 1] / close[t - 1])) < size / 2) continue;
    const usual = usualMove(close, t);
    if (usual === 0 || size < splitLeap * usual) continue;
    const terms = splitTerms.find(([fresh, old]) => Math.abs(size - Math.log(fresh / old)) <= splitTolerance);
    const split = terms === undefined || size < least ? undefined : gap < 0 ? terms : ([terms[1], terms[0]] as const);
    if (split === undefined && size < seamLeap * usual) continue;
    found.push({ index: t, ratio: open[t] / close[t - 1], split });
  }
  return found;
}

/** Robust size of the log returns around `t`, without the jump: 1.4826 · median |r|, which is σ for a normal r. */
function usualMove(close: Float64Array, t: number): number {
  const sizes: number[] = [];
  for (let at = Math.max(1, t - around); at < Math.min(close.length, t + around); at++) {
    const size = Math.abs(Math.log(close[at] / close[at - 1]));
    if (at !== t && Number.isFinite(size)) sizes.push(size);
  }
  sizes.sort((a, b) => a - b);
  return sizes.length === 0 ? 0 : 1.4826 * sizes[Math.floor(sizes.length / 2)];
}

/** Closes that are adjusted beside highs and lows that are not, or the other way round. */
export interface OddCloses {
  readonly index: number;
  readonly count: number;
  /** Median of close over the middle of high and low. */
  readonly ratio: number;
}

/** Closes out of their bars' limits from which on, and the share on one side at which, another kind of close is suspected. */
const oddLeast = 10;
const oneSided = 0.9;

/** Looks for closes that lie outside their own bars, all to the same side. */
export function oddCloses({ high, low, close }: Bars): OddCloses | undefined {
  const ratios: number[] = [];
  let first = -1;
  let below = 0;
  for (let t = 0; t < close.length; t++) {
    if (close[t] >= low[t] && close[t] <= high[t]) continue;
    if (!(close[t] > 0 && high[t] >= low[t] && low[t] > 0)) continue;
    if (first < 0) first = t;
    if (close[t] < low[t]) below++;
    ratios.push(close[t] / ((high[t] + low[t]) / 2));
  }
  const share = Math.max(below, ratios.length - below) / ratios.length;
  if (ratios.length < oddLeast || share < oneSided) return undefined;
  return { index: first, count: ratios.length, ratio: ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] };
}
