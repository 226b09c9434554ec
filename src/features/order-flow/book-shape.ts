/** @file What one snapshot of a book says by itself. */
import type { Book } from "#domain/book.ts";
import type { Quote } from "#domain/quote.ts";
import { midPrice, spreadOf } from "#domain/quote.ts";

/** (Σ bid sizes − Σ ask sizes) / their sum over the best `levels`, in [−1, 1]; 0 of an empty book. */
export function depthImbalance({ bidSize, askSize }: Book, levels: number): number {
  let [bids, asks] = [0, 0];
  for (let level = 0; level < levels; level++) {
    bids += bidSize[level];
    asks += askSize[level];
  }
  return bids + asks > 0 ? (bids - asks) / (bids + asks) : 0;
}

/**
 * (ask · bid size + bid · ask size) / (bid size + ask size): the middle, weighted towards the side that is about to give
 * way, in price (Gatheral and Oomen, 2010; the first step of Stoikov's micro-price, 2018). The middle of an empty book.
 */
export function microprice(quote: Quote): number {
  const { bidPrice, bidSize, askPrice, askSize } = quote;
  const sizes = bidSize + askSize;
  return sizes > 0 ? (askPrice * bidSize + bidPrice * askSize) / sizes : midPrice(quote);
}

/** Distance of the microprice from the middle in spreads, in [−½, ½]; 0 where the spread is 0. */
export function micropriceLean(quote: Quote): number {
  const spread = spreadOf(quote);
  return spread === 0 ? 0 : (microprice(quote) - midPrice(quote)) / spread;
}

/** Spread in basis points of the middle. */
export function spreadBps(quote: Quote): number {
  return (10_000 * spreadOf(quote)) / midPrice(quote);
}
