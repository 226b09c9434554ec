/** @file Order-flow imbalance: what two snapshots of a book tell of the orders that came between them. */
import type { Book } from "#domain/book.ts";
import type { Remembering } from "../memory.ts";

export interface OrderFlowImbalance extends Remembering {
  /** Takes the next snapshot and writes one number for each level into `into` from `at`, in units; 0 for the first. */
  next(book: Book, into: Float64Array, at: number): void;
}

/**
 * e = 1[bid ≥ bid′] · q_bid − 1[bid ≤ bid′] · q′_bid − 1[ask ≤ ask′] · q_ask + 1[ask ≥ ask′] · q′_ask, with ′ for the
 * snapshot before: buying pressure is positive (Cont, Kukanov and Stoikov, The Price Impact of Order Book Events, 2014);
 * for each level by itself (Xu, Gould and Howison, Multi-Level Order-Flow Imbalance, 2018).
 */
export function orderFlowImbalance(levels: number): OrderFlowImbalance {
  const bidPrice = new Float64Array(levels).fill(NaN);
  const bidSize = new Float64Array(levels);
  const askPrice = new Float64Array(levels).fill(NaN);
  const askSize = new Float64Array(levels);
  return {
    memory: [bidPrice, bidSize, askPrice, askSize],
    next(book, into, at) {
      for (let level = 0; level < levels; level++) {
        let flow = 0;
        // Before there is a snapshot before, every comparison is false.
        if (book.bidPrice[level] >= bidPrice[level]) flow += book.bidSize[level];
        if (book.bidPrice[level] <= bidPrice[level]) flow -= bidSize[level];
        if (book.askPrice[level] <= askPrice[level]) flow -= book.askSize[level];
        if (book.askPrice[level] >= askPrice[level]) flow += askSize[level];
        into[at + level] = flow;
        bidPrice[level] = book.bidPrice[level];
        bidSize[level] = book.bidSize[level];
        askPrice[level] = book.askPrice[level];
        askSize[level] = book.askSize[level];
      }
    },
  };
}
