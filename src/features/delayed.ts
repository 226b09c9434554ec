/** @file A number as it was some numbers ago. */
import type { Remembering } from "./memory.ts";
import { remembering } from "./memory.ts";

/** Takes a number and gives the one that was taken `delay` numbers before it; NaN while there is none. */
export function delayed(delay: number): ((value: number) => number) & Remembering {
  const values = new Float64Array(delay).fill(NaN);
  /** Where the oldest number lies, which the next one takes the place of. */
  const cursor = new Float64Array(1);
  return remembering([values, cursor], (value: number) => {
    const slot = cursor[0] | 0;
    const before = values[slot];
    values[slot] = value;
    cursor[0] = slot + 1 === delay ? 0 : slot + 1;
    return before;
  });
}
