/** @file An order book's best levels, one snapshot at a time and as columns. A quote is a book of one level. */
import { invariant } from "#base/invariant.ts";
import type { Quote } from "./quote.ts";

/** Levels from the best outwards, each array `[L]`; sizes in units of the instrument. */
export interface Book {
  /** Unix ms UTC. */
  readonly time: number;
  readonly bidPrice: Float64Array;
  readonly bidSize: Float64Array;
  readonly askPrice: Float64Array;
  readonly askSize: Float64Array;
}

/** Snapshots of one instrument in time order: `time` `[T]`, the others `[T × L]`. */
export interface Books extends Omit<Book, "time"> {
  readonly levels: number;
  readonly time: Float64Array;
}

/** Room for `length` snapshots of `levels` levels, all zero. */
export function emptyBooks(length: number, levels: number): Books {
  const side = (): Float64Array => new Float64Array(length * levels);
  return {
    levels,
    time: new Float64Array(length),
    bidPrice: side(),
    bidSize: side(),
    askPrice: side(),
    askSize: side(),
  };
}

/** The snapshot at index `t`, as views on the same memory. */
export function bookAt({ levels, time, bidPrice, bidSize, askPrice, askSize }: Books, t: number): Book {
  invariant(t >= 0 && t < time.length, "a snapshot's index lies in the series", { t, snapshots: time.length });
  const row = (side: Float64Array): Float64Array => side.subarray(t * levels, (t + 1) * levels);
  return {
    time: time[t],
    bidPrice: row(bidPrice),
    bidSize: row(bidSize),
    askPrice: row(askPrice),
    askSize: row(askSize),
  };
}

/** Its best level. */
export function bestQuote({ time, bidPrice, bidSize, askPrice, askSize }: Book): Quote {
  return { time, bidPrice: bidPrice[0], bidSize: bidSize[0], askPrice: askPrice[0], askSize: askSize[0] };
}
