/** @file The highest or lowest of the last numbers, in constant time a number on average. */
import type { Remembering } from "./memory.ts";
import { remembering } from "./memory.ts";

/** Takes a number and gives the extreme of the last `length` ones, this one included; of all while there are fewer. */
export type SlidingExtreme = ((value: number) => number) & Remembering;

/**
 * A number that a later and larger one follows can never be the highest again, so it is dropped: what is kept falls from
 * front to back, and its front is the highest (Lemire, Nordic Journal of Computing 13, 2006). The lowest is the highest of
 * the negated numbers.
 */
function extreme(length: number, sign: 1 | -1): SlidingExtreme {
  const values = new Float64Array(length);
  const numbers = new Float64Array(length);
  /** Place of the front, how many are kept, how many were taken. */
  const ends = new Float64Array(3);
  return remembering([values, numbers, ends], (given: number) => {
    const value = sign * given;
    const taken = ends[2];
    // Kept as doubles for the state, used as whole numbers: an index that is a double is converted at every use.
    let front = ends[0] | 0;
    let kept = ends[1] | 0;
    if (kept > 0 && numbers[front] <= taken - length) {
      front = front + 1 === length ? 0 : front + 1;
      kept--;
    }
    let back = front + kept - 1;
    if (back >= length) back -= length;
    while (kept > 0 && values[back] <= value) {
      kept--;
      back = back === 0 ? length - 1 : back - 1;
    }
    let slot = front + kept;
    if (slot >= length) slot -= length;
    values[slot] = value;
    numbers[slot] = taken;
    ends[0] = front;
    ends[1] = kept + 1;
    ends[2] = taken + 1;
    return sign * values[front];
  });
}

export function slidingHighest(length: number): SlidingExtreme {
  return extreme(length, 1);
}

export function slidingLowest(length: number): SlidingExtreme {
  return extreme(length, -1);
}
