/** @file The last numbers in order of size: ranks, quantiles and distances, at a cost that grows with the logarithm of their number. */
import type { Remembering } from "./memory.ts";

/**
 * A search tree of the last numbers. Each lies at a place from 1 on and hands it to the one that pushes it out; 0 is no
 * place. What a node says of the numbers below it is put together anew from its children: it does not drift.
 */
export interface SortedWindow extends Remembering {
  readonly length: number;
  /** The number at each place, and the places of its children: not larger (left) and not smaller (right). */
  readonly values: Float64Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
  /** How many numbers a node holds with all below it, and their mean. */
  readonly sizes: Float64Array;
  readonly means: Float64Array;
  /** Place of the root, and how many numbers were taken. */
  readonly counts: Float64Array;
  /** Scrambled places, each once: a parent has a higher one than its children. They know nothing of the numbers, so that the tree is as deep as one of numbers in random order. */
  readonly priorities: Int32Array;
}

export function sortedWindow(length: number): SortedWindow {
  const places = (): Float64Array => new Float64Array(length + 1);
  const [values, left, right, sizes, means] = [places(), places(), places(), places(), places()];
  const counts = new Float64Array(2);
  const priorities = Int32Array.from({ length: length + 1 }, (_, place) => scrambled(place));
  const memory = [values, left, right, sizes, means, counts];
  return { length, values, left, right, sizes, means, counts, priorities, memory };
}

/** A whole number in place of each, as if drawn by chance, none twice: the last step of MurmurHash3 (Appleby, 2011). */
function scrambled(place: number): number {
  let bits = Math.imul(place ^ (place >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Takes a number; once the window is full the oldest falls out. */
export function insert(window: SortedWindow, value: number): void {
  const { length, values, left, right, counts } = window;
  const place = (counts[1] % length) + 1;
  let root = counts[0] | 0;
  if (counts[1] >= length) root = without(window, root, place);
  values[place] = value;
  left[place] = 0;
  right[place] = 0;
  counts[0] = withNew(window, root, place);
  counts[1]++;
}

/** Puts together what a node says from its children. Written as distances: exact where all numbers are equal. */
function refresh({ values, left, right, sizes, means }: SortedWindow, node: number): void {
  const [below, above] = [left[node] | 0, right[node] | 0];
  const [few, many] = [sizes[below], sizes[above]];
  const value = values[node];
  sizes[node] = few + many + 1;
  means[node] = value + (few * (means[below] - value) + many * (means[above] - value)) / (few + many + 1);
}

/** The subtree of `node` with the number at `place` in it, behind all that are equal. */
function withNew(window: SortedWindow, node: number, place: number): number {
  const { values, left, right, priorities } = window;
  if (node === 0) {
    refresh(window, place);
    return place;
  }
  const side = values[place] < values[node] ? left : right;
  const other = side === left ? right : left;
  const child = withNew(window, side[node] | 0, place);
  if (priorities[child] < priorities[node]) {
    side[node] = child;
    refresh(window, node);
    return node;
  }
  side[node] = other[child];
  other[child] = node;
  refresh(window, node);
  refresh(window, child);
  return child;
}

/** The subtree of `node` without its oldest number, which lies at `place`: of equal ones the first. */
function without(window: SortedWindow, node: number, place: number): number {
  const { values, left, right } = window;
  if (node === place) return joined(window, left[node] | 0, right[node] | 0);
  const side = values[node] >= values[place] ? left : right;
  side[node] = without(window, side[node] | 0, place);
  refresh(window, node);
  return node;
}

/** One tree of two, none of the first larger than any of the second. */
function joined(window: SortedWindow, smaller: number, larger: number): number {
  const { left, right, priorities } = window;
  if (smaller === 0) return larger;
  if (larger === 0) return smaller;
  const root = priorities[smaller] > priorities[larger] ? smaller : larger;
  if (root === smaller) right[root] = joined(window, right[root] | 0, larger);
  else left[root] = joined(window, smaller, left[root] | 0);
  refresh(window, root);
  return root;
}

/** How many numbers there are: the window's length once so many were taken. */
export function heldBy({ counts, length }: SortedWindow): number {
  return Math.min(counts[1], length);
}

/** How many of the numbers are below `value`. */
export function countBelow({ values, left, right, sizes, counts }: SortedWindow, value: number): number {
  let count = 0;
  let node = counts[0] | 0;
  while (node !== 0) {
    if (values[node] < value) {
      count += sizes[left[node]] + 1;
      node = right[node] | 0;
    } else {
      node = left[node] | 0;
    }
  }
  return count;
}

/** How many of the numbers are not above `value`. */
export function countUpTo({ values, left, right, sizes, counts }: SortedWindow, value: number): number {
  let count = 0;
  let node = counts[0] | 0;
  while (node !== 0) {
    if (values[node] <= value) {
      count += sizes[left[node]] + 1;
      node = right[node] | 0;
    } else {
      node = left[node] | 0;
    }
  }
  return count;
}

/** Σ |x − centre|. */
export function distancesFrom({ values, left, right, sizes, means, counts }: SortedWindow, centre: number): number {
  let total = 0;
  let node = counts[0] | 0;
  while (node !== 0) {
    // All on the far side of this node lie on the same side of the centre as it does: their mean tells their sum.
    const lower = values[node] < centre;
    const far = (lower ? left[node] : right[node]) | 0;
    total += Math.abs(values[node] - centre) + sizes[far] * Math.abs(means[far] - centre);
    node = (lower ? right[node] : left[node]) | 0;
  }
  return total;
}
