/** @file A quantile of the last numbers, at a cost that grows with the logarithm of their number at most. */
import type { Remembering } from "./memory.ts";
import { remembering } from "./memory.ts";

/** Two heaps, one behind the other. Of the second the numbers are negated, so that both have their largest on top. */
interface Heaps {
  readonly numbers: Float64Array;
  /** The slot of the window that each of these came into, and where the number of each slot lies. */
  readonly slots: Float64Array;
  readonly places: Float64Array;
}

/**
 * Takes a number and gives the quantile of the last `length` ones by linear interpolation (Hyndman and Fan, 1996, type 7);
 * it has a meaning once so many were taken. The smaller numbers lie in a heap with the largest on top, the others in one
 * with the smallest on top: the quantile lies between the tops. A new number takes the place of the one that falls out and
 * finds its own from there.
 */
export function rollingQuantile(length: number, share: number): ((value: number) => number) & Remembering {
  const position = share * (length - 1);
  const smaller = Math.floor(position) + 1;
  const beyond = position - Math.floor(position);
  const numbers = Float64Array.from({ length }, (_, place) => (place < smaller ? Infinity : -Infinity));
  const [slots, places] = [Float64Array.from(numbers.keys()), Float64Array.from(numbers.keys())];
  const heaps: Heaps = { numbers, slots, places };
  /** The slot whose number falls out next. */
  const cursor = new Float64Array(1);
  return remembering([numbers, slots, places, cursor], (value: number) => {
    const slot = cursor[0] | 0;
    cursor[0] = slot + 1 === length ? 0 : slot + 1;
    const place = places[slot] | 0;
    if (place < smaller) settle(heaps, 0, smaller, place, value, slot);
    else settle(heaps, smaller, length, place, -value, slot);
    if (smaller === length) return numbers[0];
    const [largest, smallest] = [numbers[0], -numbers[smaller]];
    if (largest <= smallest) return largest + beyond * (smallest - largest);
    const slotOfLargest = slots[0] | 0;
    settle(heaps, 0, smaller, 0, smallest, slots[smaller] | 0);
    settle(heaps, smaller, length, smaller, -largest, slotOfLargest);
    return numbers[0] + beyond * (-numbers[smaller] - numbers[0]);
  });
}

/** Puts a number in place of the one at `place`, and from there where it belongs, in the heap from `start` to `end`. */
function settle(
  { numbers, slots, places }: Heaps,
  start: number,
  end: number,
  place: number,
  number: number,
  slot: number,
): void {
  let at = place;
  while (at > start) {
    const parent = start + ((at - start - 1) >> 1);
    if (numbers[parent] >= number) break;
    places[(slots[at] = slots[parent])] = at;
    numbers[at] = numbers[parent];
    at = parent;
  }
  for (;;) {
    let child = start + 2 * (at - start) + 1;
    if (child >= end) break;
    if (child + 1 < end && numbers[child + 1] > numbers[child]) child++;
    if (numbers[child] <= number) break;
    places[(slots[at] = slots[child])] = at;
    numbers[at] = numbers[child];
    at = child;
  }
  numbers[at] = number;
  slots[at] = slot;
  places[slot] = at;
}
