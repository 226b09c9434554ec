/** @file The last numbers in order of size, and their quantiles. */
import type { Remembering } from "./memory.ts";

/** Numbers in the order they came (`ring`) and in order of size (`sorted`); `counts` holds how many came. */
export interface SortedWindow extends Remembering {
  readonly ring: Float64Array;
  readonly sorted: Float64Array;
  readonly counts: Float64Array;
}

export function sortedWindow(length: number): SortedWindow {
  const [ring, sorted, counts] = [new Float64Array(length), new Float64Array(length), new Float64Array(1)];
  return { ring, sorted, counts, memory: [ring, sorted, counts] };
}

/** Index of the first of the `held` sorted numbers that is not below `value`. */
function placeOf(sorted: Float64Array, held: number, value: number): number {
  let low = 0;
  let high = held;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Takes a number; once the window is full the oldest falls out. Found by halving, then moved only past what lies between. */
export function insert({ ring, sorted, counts }: SortedWindow, value: number): void {
  const length = ring.length;
  const taken = counts[0];
  const slot = taken % length;
  const full = taken >= length;
  let hole = full ? placeOf(sorted, length, ring[slot]) : taken;
  ring[slot] = value;
  counts[0] = taken + 1;
  while (hole > 0 && sorted[hole - 1] > value) {
    sorted[hole] = sorted[hole - 1];
    hole--;
  }
  const last = full ? length - 1 : taken;
  while (hole < last && sorted[hole + 1] < value) {
    sorted[hole] = sorted[hole + 1];
    hole++;
  }
  sorted[hole] = value;
}

/** Quantile of the numbers held by linear interpolation (Hyndman and Fan, 1996, type 7). */
export function windowQuantile({ sorted, counts }: SortedWindow, share: number): number {
  const position = share * (Math.min(counts[0], sorted.length) - 1);
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
