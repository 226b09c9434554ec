/**
 * @file What can be said of the last so many numbers, at a constant cost a number on average. Nothing is ever taken away
 * from a summary, so that nothing drifts: two summaries of neighbouring stretches are joined to one.
 */
import type { Remembering } from "./memory.ts";

/**
 * Writes at `into` the summary of `earlier` numbers (at `a`) and the `later` ones after them (at `b`), both at least 1; any
 * two of the three places may be the same.
 */
export type Join = (cells: Float64Array, a: number, earlier: number, b: number, later: number, into: number) => void;

export interface Rolling extends Remembering {
  /** The summary of the last `length` numbers of the series that was given one last; of all while there are fewer. */
  readonly said: Float64Array;
  /** Takes a number, and what comes with it where the summary is of pairs, into one of the series. */
  readonly take: (value: number, partner?: number, series?: number) => void;
}

/**
 * The last `length` numbers of each of `series` series, summed up in `width` numbers; a number by itself is summed up by
 * itself, its partner and zeros. The series is cut into blocks of `length` numbers: a window is the end of one block and
 * the beginning of the next. The beginning grows with each number; the ends, of every length, are put together from
 * behind when their block is full. That is three joins a number, of whatever can be joined and need not be undone: the
 * blocks of van Herk (Pattern Recognition Letters 13, 1992) and of Gil and Werman (IEEE PAMI 15, 1993).
 */
export function rolling(length: number, width: number, join: Join, series = 1): Rolling {
  // Of each series: in place of the numbers that its block has not reached the ends of the block before, in place of the
  // others the numbers themselves, and behind them the block's beginning. Behind all series what is said.
  const stride = (length + 1) * width;
  const answer = series * stride;
  const cells = new Float64Array(answer + width);
  /** How many numbers each series has taken, up to the end of its first block; from there on going round in the second. */
  const taken = new Float64Array(series);
  return {
    said: cells.subarray(answer),
    memory: [cells, taken],
    take(value, partner = 0, of = 0) {
      const count = taken[of] | 0;
      const place = count < length ? count : count - length;
      const start = of * stride;
      const beginning = start + length * width;
      const cell = start + place * width;
      cells[cell] = value;
      if (width > 1) cells[cell + 1] = partner;
      for (let k = 2; k < width; k++) cells[cell + k] = 0;
      if (place === 0) copy(cells, cell, beginning, width);
      else join(cells, beginning, place, cell, 1, beginning);
      const known = place + 1;
      if (known < length && count >= length) join(cells, cell + width, length - known, beginning, known, answer);
      else copy(cells, beginning, answer, width);
      taken[of] = count + 1 === 2 * length ? length : count + 1;
      if (known < length) return;
      for (let behind = 1, at = cell - width; behind < length; behind++, at -= width) {
        join(cells, at, 1, at + width, behind, at);
      }
    },
  };
}

function copy(cells: Float64Array, from: number, to: number, width: number): void {
  for (let k = 0; k < width; k++) cells[to + k] = cells[from + k];
}
