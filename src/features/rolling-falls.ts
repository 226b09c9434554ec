/** @file How far the last numbers lie below the highest one since their window began, in constant time a number on average. */
import type { Remembering } from "./memory.ts";
import { remembering } from "./memory.ts";

/**
 * Takes a number above 0 and gives Σ (x / highest since the window began − 1)² of the last `length` ones, of all while
 * there are fewer. The window is the end of one block of `length` numbers and the beginning of the next, as in
 * `rolling.ts`. What lies in the beginning before its first number above the peak of that end has fallen from the peak:
 * its mean and deviation say how far. The rest has fallen from its own highs. That number is found by halving.
 */
export function rollingFalls(length: number): ((value: number) => number) & Remembering {
  const places = (): Float64Array => new Float64Array(length + 1);
  /** Of the block under way: its numbers, and the highest up to each. */
  const [values, highs] = [places(), places()];
  /** Of its first 0, 1, 2 … numbers: mean, Σ (x − mean)², and how far they have fallen from their own highs. */
  const [means, squares, falls] = [places(), places(), places()];
  /** Of the block before, from each place to its end: how far it has fallen, and its peak. */
  const [endFalls, peaks] = [places(), places()];
  /** How many numbers were taken, up to the end of the first block; from there on going round in the second. */
  const taken = new Float64Array(1);
  const closeBlock = blockEnds(length, values, endFalls, peaks);
  return remembering([values, highs, means, squares, falls, endFalls, peaks, taken], (value: number) => {
    const count = taken[0] | 0;
    const place = count < length ? count : count - length;
    const known = place + 1;
    const highest = place === 0 || value > highs[place - 1] ? value : highs[place - 1];
    const fall = (value - highest) / highest;
    const distance = value - means[place];
    values[place] = value;
    highs[place] = highest;
    means[known] = means[place] + distance / known;
    squares[known] = squares[place] + distance * distance * (place / known);
    falls[known] = falls[place] + fall * fall;
    taken[0] = count + 1 === 2 * length ? length : count + 1;
    if (known === length) closeBlock();
    if (known === length || count < length) return falls[known];
    const peak = peaks[known];
    const under = firstAbove(highs, known, peak);
    const below = fallsFrom(peak, under, means[under], squares[under]);
    // The first of these were no deeper below their own highs than below the peak: the difference loses nothing.
    return endFalls[known] + below + (falls[known] - falls[under]);
  });
}

/** Σ (x / peak − 1)² of numbers by their mean and Σ (x − mean)². */
function fallsFrom(peak: number, count: number, mean: number, squares: number): number {
  return (squares + count * (mean - peak) * (mean - peak)) / (peak * peak);
}

/** Place of the first of the `count` rising numbers that is above `value`, or `count`. */
function firstAbove(rising: Float64Array, count: number, value: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Writes, for each place of a full block, what there is to say from there to its end, from behind. Numbers between one and
 * the next above it have fallen from it: such stretches are joined, each once.
 */
function blockEnds(length: number, values: Float64Array, endFalls: Float64Array, peaks: Float64Array): () => void {
  const [counts, means, squares] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  return () => {
    for (let from = length - 1; from >= 0; from--) {
      const value = values[from];
      let [count, mean, square] = [1, value, 0];
      let next = from + 1;
      while (next < length && values[next] <= value) {
        const distance = means[next] - mean;
        const share = counts[next] / (count + counts[next]);
        mean += distance * share;
        square += squares[next] + distance * distance * count * share;
        count += counts[next];
        next = from + count;
      }
      counts[from] = count;
      means[from] = mean;
      squares[from] = square;
      endFalls[from] = fallsFrom(value, count, mean, square) + (next < length ? endFalls[next] : 0);
      peaks[from] = next < length ? peaks[next] : value;
    }
  };
}
