/** @file The sum of the last numbers, at a constant cost a number. */
import type { Remembering } from "./memory.ts";
import { remembering } from "./memory.ts";
import { rolling } from "./rolling.ts";

function joinSums(cells: Float64Array, a: number, _earlier: number, b: number, _later: number, into: number): void {
  cells[into] = cells[a] + cells[b];
}

/** Takes a number and gives the sum of the last `length` ones, this one included; of all while there are fewer. */
export function rollingSum(length: number): ((value: number) => number) & Remembering {
  const { take, said, memory } = rolling(length, 1, joinSums);
  return remembering([{ memory }], (value: number) => {
    take(value);
    return said[0];
  });
}

/** Takes a number into one of `series` series, counted from 0, and gives the sum of that series' last `length` ones. */
export function rollingSums(series: number, length: number): ((of: number, value: number) => number) & Remembering {
  const { take, said, memory } = rolling(length, 1, joinSums, series);
  return remembering([{ memory }], (of: number, value: number) => {
    take(value, 0, of);
    return said[0];
  });
}
