/**
 * @file The last so many numbers, and what can be said of them. Each answer is computed anew from the window, oldest
 * first: nothing drifts, and the same window gives the same bits wherever the series began.
 */

/** A window of `length` numbers. Each is stored twice, so that the window always lies in one piece from `start`. */
export interface Rolling {
  readonly length: number;
  readonly values: Float64Array;
  /** Index in `values` of the oldest number, once `length` numbers have been taken. */
  start: number;
  newest: number;
}

/** An empty window; what it says has a meaning once it was given `length` numbers. */
export function rolling(length: number): Rolling {
  return { length, values: new Float64Array(2 * length), start: 0, newest: length - 1 };
}

/** Takes a number; the oldest one falls out. */
export function push(window: Rolling, value: number): void {
  const { length, values } = window;
  const slot = window.newest + 1 === length ? 0 : window.newest + 1;
  values[slot] = value;
  values[slot + length] = value;
  window.newest = slot;
  window.start = slot + 1;
}

/** The number taken `length − 1` numbers ago. */
export function oldest(window: Rolling): number {
  return window.values[window.start];
}

export function sum({ values, start, length }: Rolling): number {
  let total = 0;
  for (let at = start; at < start + length; at++) total += values[at];
  return total;
}

export function highest({ values, start, length }: Rolling): number {
  let best = values[start];
  for (let at = start + 1; at < start + length; at++) if (values[at] > best) best = values[at];
  return best;
}

export function lowest({ values, start, length }: Rolling): number {
  let best = values[start];
  for (let at = start + 1; at < start + length; at++) if (values[at] < best) best = values[at];
  return best;
}

/** Arithmetic mean, summed as distances from the oldest number: exact when all numbers are equal. */
export function mean({ values, start, length }: Rolling): number {
  const origin = values[start];
  let total = 0;
  for (let at = start; at < start + length; at++) total += values[at] - origin;
  return origin + total / length;
}

/** Σ (x − centre)ᵖ for the power p. */
export function sumOfPowers({ values, start, length }: Rolling, centre: number, power: 2 | 3 | 4): number {
  let total = 0;
  for (let at = start; at < start + length; at++) {
    const distance = values[at] - centre;
    const square = distance * distance;
    total += power === 2 ? square : power === 3 ? square * distance : square * square;
  }
  return total;
}

/** Mean of |x − centre|. */
export function meanDeviation({ values, start, length }: Rolling, centre: number): number {
  let total = 0;
  for (let at = start; at < start + length; at++) total += Math.abs(values[at] - centre);
  return total / length;
}

/** Standard deviation of the window as a whole population: √(Σ(x − mean)² / n). */
export function populationDeviation(window: Rolling, centre: number): number {
  return Math.sqrt(sumOfPowers(window, centre, 2) / window.length);
}
