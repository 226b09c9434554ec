/**
 * @file The last so many numbers, and what can be said of them. Each answer is computed anew from the window, oldest
 * first: nothing drifts, and the same window gives the same bits wherever the series began.
 */
import type { Remembering } from "./memory.ts";

/** A window of `length` numbers. Each is stored twice, so that the window always lies in one piece from `first`. */
export interface Rolling extends Remembering {
  readonly length: number;
  readonly values: Float64Array;
  /** One number: where in `values` the oldest number lies, once `length` numbers have been taken. */
  readonly cursor: Float64Array;
}

/** An empty window; what it says has a meaning once it was given `length` numbers. */
export function rolling(length: number): Rolling {
  const values = new Float64Array(2 * length);
  const cursor = new Float64Array(1);
  return { length, values, cursor, memory: [values, cursor] };
}

/** The cursor as a whole number: with `| 0` the compiler knows it for one and need not look again at each step of a loop. */
function startOf(cursor: Float64Array): number {
  return cursor[0] | 0;
}

/** Takes a number; the oldest one falls out. */
export function push({ length, values, cursor }: Rolling, value: number): void {
  const slot = startOf(cursor);
  values[slot] = value;
  values[slot + length] = value;
  cursor[0] = slot + 1 === length ? 0 : slot + 1;
}

/** Where in `values` the window begins; it ends `length` further on. */
export function first({ cursor }: Rolling): number {
  return startOf(cursor);
}

/** The number taken `length − 1` numbers ago. */
export function oldest({ values, cursor }: Rolling): number {
  return values[startOf(cursor)];
}

export function sum({ values, cursor, length }: Rolling): number {
  const start = startOf(cursor);
  let total = 0;
  for (let at = start; at < start + length; at++) total += values[at];
  return total;
}

export function highest({ values, cursor, length }: Rolling): number {
  const start = startOf(cursor);
  let best = values[start];
  for (let at = start + 1; at < start + length; at++) if (values[at] > best) best = values[at];
  return best;
}

export function lowest({ values, cursor, length }: Rolling): number {
  const start = startOf(cursor);
  let best = values[start];
  for (let at = start + 1; at < start + length; at++) if (values[at] < best) best = values[at];
  return best;
}

/** Arithmetic mean, summed as distances from the oldest number: exact when all numbers are equal. */
export function mean({ values, cursor, length }: Rolling): number {
  const start = startOf(cursor);
  const origin = values[start];
  let total = 0;
  for (let at = start; at < start + length; at++) total += values[at] - origin;
  return origin + total / length;
}

/** Σ (x − centre)ᵖ for the power p. */
export function sumOfPowers({ values, cursor, length }: Rolling, centre: number, power: 2 | 3 | 4): number {
  const start = startOf(cursor);
  let total = 0;
  for (let at = start; at < start + length; at++) {
    const distance = values[at] - centre;
    const square = distance * distance;
    total += power === 2 ? square : power === 3 ? square * distance : square * square;
  }
  return total;
}

/** Mean of |x − centre|. */
export function meanDeviation({ values, cursor, length }: Rolling, centre: number): number {
  const start = startOf(cursor);
  let total = 0;
  for (let at = start; at < start + length; at++) total += Math.abs(values[at] - centre);
  return total / length;
}

/** Standard deviation of the window as a whole population: √(Σ(x − mean)² / n). */
export function populationDeviation(window: Rolling, centre: number): number {
  return Math.sqrt(sumOfPowers(window, centre, 2) / window.length);
}

/**
 * Is `value`, one of the window's numbers, below the window's quantile (Hyndman and Fan, 1996, type 7)? It is unless more
 * than ⌈share · (n − 1)⌉ numbers are at most as large: they are counted, so that none need be put in order.
 */
export function belowQuantile({ values, cursor, length }: Rolling, value: number, share: number): boolean {
  const start = startOf(cursor);
  let count = 0;
  for (let at = start; at < start + length; at++) count += Number(values[at] <= value);
  return count <= Math.ceil(share * (length - 1));
}

/** Is `value`, one of the window's numbers, above the window's quantile? It is where more than ⌊share · (n − 1)⌋ are smaller. */
export function aboveQuantile({ values, cursor, length }: Rolling, value: number, share: number): boolean {
  const start = startOf(cursor);
  let count = 0;
  for (let at = start; at < start + length; at++) count += Number(values[at] < value);
  return count > Math.floor(share * (length - 1));
}
