/** @file Recordings of a made-up market for tests. */
import { createRng } from "#base/rng.ts";
import { emptyBooks } from "#domain/book.ts";
import type { Trades } from "#domain/trade.ts";
import type { RecordedBook } from "./flow-bars.ts";

export interface Recording extends RecordedBook {
  readonly trades: Trades;
}

/** Books of `levels` levels and as many trades, each `stepMs` on average after the last, with still moments and ties in time. */
export function recording(seed: number, events: number, stepMs: number, levels = 3): Recording {
  const rng = createRng(seed, "recording");
  const books = emptyBooks(events, levels);
  const trades = {
    time: new Float64Array(events),
    price: new Float64Array(events),
    units: new Float64Array(events),
    aggressor: new Int8Array(events),
  };
  let [time, tick] = [0, 10_000];
  for (let event = 0; event < events; event++) {
    time += rng.integer(2 * stepMs + 1);
    tick = Math.max(tick + rng.integer(3) - 1, 100);
    const spread = 1 + rng.integer(3);
    books.time[event] = time;
    for (let level = 0; level < levels; level++) {
      const at = event * levels + level;
      books.bidPrice[at] = (tick - spread - level) / 100;
      books.askPrice[at] = (tick + spread + level) / 100;
      books.bidSize[at] = rng.integer(9);
      books.askSize[at] = rng.integer(9);
    }
    trades.time[event] = time + (rng.uniform() < 0.5 ? 0 : rng.integer(stepMs + 1));
    // In order, whatever was added.
    if (event > 0) trades.time[event] = Math.max(trades.time[event], trades.time[event - 1]);
    trades.price[event] = (tick + (rng.integer(3) - 1) * spread) / 100;
    trades.units[event] = 1 + rng.integer(5);
    trades.aggressor[event] = rng.integer(2) * 2 - 1;
  }
  return { symbol: "X", books, trades };
}

/** What was recorded before `until`, and from then on something else. */
export function withOtherEvents(one: Recording, other: Recording, until: number): Recording {
  const { levels } = one.books;
  const count = (times: Float64Array): number => times.filter((time) => time < until).length;
  const [before, traded] = [count(one.books.time), count(one.trades.time)];
  const [from, tradedFrom] = [count(other.books.time), count(other.trades.time)];
  const joined = (a: Float64Array, b: Float64Array, cut: number, start: number): Float64Array =>
    Float64Array.of(...a.subarray(0, cut), ...b.subarray(start));
  const side = (name: "bidPrice" | "bidSize" | "askPrice" | "askSize"): Float64Array =>
    joined(one.books[name], other.books[name], before * levels, from * levels);
  const trade = (name: "time" | "price" | "units"): Float64Array =>
    joined(one.trades[name], other.trades[name], traded, tradedFrom);
  return {
    symbol: one.symbol,
    books: {
      levels,
      time: joined(one.books.time, other.books.time, before, from),
      bidPrice: side("bidPrice"),
      bidSize: side("bidSize"),
      askPrice: side("askPrice"),
      askSize: side("askSize"),
    },
    trades: {
      time: trade("time"),
      price: trade("price"),
      units: trade("units"),
      aggressor: Int8Array.of(
        ...one.trades.aggressor.subarray(0, traded),
        ...other.trades.aggressor.subarray(tradedFrom),
      ),
    },
  };
}
