/** @file Order flow: known answers by hand, the stream and its saved state, blindness to the future, and what is refused. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import { createRng } from "#base/rng.ts";
import type { Book, Books } from "#domain/book.ts";
import { bookAt, emptyBooks } from "#domain/book.ts";
import type { Trades } from "#domain/trade.ts";
import { tradeAt } from "#domain/trade.ts";
import { restoreState, stateOf } from "../memory.ts";
import { depthImbalance, microprice, micropriceLean, spreadBps } from "./book-shape.ts";
import { orderFlowColumns } from "./order-flow-columns.ts";
import type { RecordedFlow } from "./order-flow-columns.ts";
import type { OrderFlow, OrderFlowFeature, OrderFlowSettings } from "./order-flow.ts";
import { orderFlow, orderFlowFeatures } from "./order-flow.ts";
import { orderFlowImbalance } from "./order-flow-imbalance.ts";
import { leeReady, recentSigns, tickRule } from "./trade-sign.ts";

/** A book from `[bid price, bid size, ask price, ask size]` of each level. */
function bookOf(time: number, ...levels: readonly (readonly number[])[]): Book {
  const side = (at: number): Float64Array => Float64Array.from(levels, (level) => level[at]);
  return { time, bidPrice: side(0), bidSize: side(1), askPrice: side(2), askSize: side(3) };
}

function booksOf(...rows: readonly Book[]): Books {
  const books = emptyBooks(rows.length, rows[0].bidPrice.length);
  rows.forEach((row, t) => {
    books.time[t] = row.time;
    for (const side of ["bidPrice", "bidSize", "askPrice", "askSize"] as const) {
      books[side].set(row[side], t * books.levels);
    }
  });
  return books;
}

/** Trades from `[time, price, units, aggressor]`. */
function tradesOf(...rows: readonly (readonly number[])[]): Trades {
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at]);
  return { time: column(0), price: column(1), units: column(2), aggressor: Int8Array.from(rows, (row) => row[3]) };
}

const all = Object.keys(orderFlowFeatures) as OrderFlowFeature[];
const byTime = (intervalMs: number): OrderFlowSettings["bucket"] => ({ by: "time", intervalMs });
const settings = (part: Partial<OrderFlowSettings>): OrderFlowSettings => ({
  features: all,
  levels: 1,
  bucket: byTime(10),
  signs: "given",
  ...part,
});

describe("order-flow imbalance", () => {
  // Cont, Kukanov and Stoikov, 2014, §2.1: each case of their formula by itself, from a best bid of 10 × 5, ask of 11 × 7.
  test.each([
    ["a bid order that joins the queue", [10, 8, 11, 7], 3],
    ["bids that are cancelled or hit", [10, 1, 11, 7], -4],
    ["a bid within the spread", [10.5, 2, 11, 7], 2],
    ["the whole bid queue gone", [9, 6, 11, 7], -5],
    ["an ask order that joins the queue", [10, 5, 11, 9], -2],
    ["asks that are cancelled or lifted", [10, 5, 11, 3], 4],
    ["an ask within the spread", [10, 5, 10.5, 1], -1],
    ["the whole ask queue gone", [10, 5, 12, 4], 7],
    ["nothing", [10, 5, 11, 7], 0],
    ["both sides up a tick", [11, 4, 12, 6], 4 + 7],
  ])("of %s", (_, level, expected) => {
    const imbalance = orderFlowImbalance(1);
    const into = new Float64Array(1);
    imbalance.next(bookOf(0, [10, 5, 11, 7]), into, 0);
    expect(into[0], "the first snapshot has nothing before it").toBe(0);
    imbalance.next(bookOf(1, level), into, 0);
    expect(into[0]).toBe(expected);
  });

  test("of each level by itself", () => {
    const imbalance = orderFlowImbalance(2);
    const into = new Float64Array(3).fill(9);
    imbalance.next(bookOf(0, [10, 5, 11, 7], [9, 3, 12, 2]), into, 1);
    imbalance.next(bookOf(1, [10, 6, 11, 7], [9, 3, 12.5, 2]), into, 1);
    expect([...into]).toEqual([9, 1, 2]);
  });
});

test("the shape of a book: depth imbalance, microprice, lean and spread", () => {
  const book = bookOf(0, [99, 3, 101, 1], [98, 1, 102, 5]);
  expect(depthImbalance(book, 1)).toBe(0.5);
  expect(depthImbalance(book, 2)).toBe(-0.2);
  const quote = { time: 0, bidPrice: 99, bidSize: 3, askPrice: 101, askSize: 1 };
  expect(microprice(quote), "nearer to the side with less on it").toBe((101 * 3 + 99) / 4);
  expect(micropriceLean(quote)).toBe(0.25);
  expect(spreadBps(quote)).toBe(200);
  const empty = { ...quote, bidSize: 0, askSize: 0 };
  expect([microprice(empty), micropriceLean(empty)]).toEqual([100, 0]);
  expect(micropriceLean({ ...quote, askPrice: 99 })).toBe(0);
  expect(depthImbalance(bookOf(0, [99, 0, 101, 0]), 1)).toBe(0);
});

test("signs of trades: by the tick rule, and by the quote with the tick rule at its middle", () => {
  const tick = tickRule();
  expect([10, 10, 11, 11, 9, 9, 10].map(tick)).toEqual([0, 0, 1, 1, -1, -1, 1]);
  const quote = { time: 0, bidPrice: 99, bidSize: 1, askPrice: 101, askSize: 1 };
  expect([leeReady(100.5, quote, -1), leeReady(99.5, quote, 1), leeReady(100, quote, -1)]).toEqual([1, -1, -1]);
});

test("recent signs are the mean of the last ones, of as many as there were", () => {
  const recent = recentSigns(3);
  expect(recent.imbalance()).toBe(0);
  const said = ([1, 1, 0, -1, -1, -1] as const).map((sign) => {
    recent.take(sign);
    return recent.imbalance();
  });
  expect(said).toEqual([1, 1, 2 / 3, 0, -2 / 3, -1]);
});

describe("buckets of time", () => {
  const books = booksOf(
    bookOf(3, [99, 1, 101, 1]),
    bookOf(12, [99, 3, 101, 1]),
    bookOf(15, [99, 3, 100, 5]),
    bookOf(31, [98, 1, 100, 1]),
    bookOf(40, [98, 1, 100, 1]),
  );
  const trades = tradesOf(
    [5, 100, 1, 1],
    [13, 101, 2, 1],
    [16, 100, 6, -1],
    [19, 100, 1, -1],
    [35, 98, 4, 1],
    [41, 98, 1, 1],
  );

  test("hold the events before their end, and begin with the first whole one", () => {
    const { outputs, endTime, values } = orderFlowColumns({ symbol: "X", books, trades }, settings({}));
    expect(outputs).toEqual([
      "ofi1",
      "depthImbalance",
      "micropriceLean",
      "spreadBps",
      "meanSpreadBps",
      "spreadChangeBps",
      "tickImbalance",
      "recentTickImbalance",
      "tradeSignImbalance",
    ]);
    expect([...endTime]).toEqual([20, 30, 40]);
    const row = (at: number): number[] => [...values.subarray(at * 9, (at + 1) * 9)];
    const [wide, narrow] = [200, 1e4 / 99.5];
    // 10 to 20: bids +2, then asks of 5 within the spread −5, over a mean depth of (2 + 4) / 2; ticks +1 −1 −1; 2 of 9 bought.
    // The spread was wide from 10 to 15 and narrow from 15 to 20.
    const expected = [-3 / 3, -2 / 8, -0.125, narrow, (wide + narrow) / 2, narrow - wide, -1 / 3, -1 / 4, -5 / 9];
    row(0).forEach((value, at) => expect(value, outputs[at]).toBeCloseTo(expected[at], 12));
    expect(row(1), "nothing happened, and the book is still there").toEqual([
      0,
      -0.25,
      -0.125,
      narrow,
      narrow,
      0,
      0,
      -1 / 4,
      0,
    ]);
    expect(row(2)[0], "the bids of 3 gone, 4 asks gone, over a depth of 1").toBe((-3 + 4) / 1);
    expect(row(2).slice(6)).toEqual([-1, -2 / 5, 1]);
  });

  test("need no book where no feature does", () => {
    const only = settings({ features: ["tickImbalance", "tradeSignImbalance"] });
    const { endTime, values } = orderFlowColumns({ symbol: "X", trades }, only);
    expect([...endTime]).toEqual([20, 30, 40]);
    expect([...values]).toEqual([-1 / 3, -5 / 9, 0, 0, -1, 1]);
  });

  test("take trades of the same moment before the book, and sign them by the quote before them", () => {
    const lifted = booksOf(bookOf(0, [99, 1, 101, 1]), bookOf(12, [101, 1, 103, 1]), bookOf(20, [101, 1, 103, 1]));
    const unknown = tradesOf([12, 101, 1, 0], [13, 101, 2, 0]);
    const signed = settings({ features: ["tradeSignImbalance"], signs: "lee-ready" });
    const { endTime, values } = orderFlowColumns({ symbol: "X", books: lifted, trades: unknown }, signed);
    expect([...endTime]).toEqual([20]);
    expect(values[0], "1 bought at the old ask, then 2 sold below the new middle").toBe(-1 / 3);
  });
});

test("buckets of volume end with the trade that fills them", () => {
  const trades = tradesOf([1, 10, 3, 1], [2, 11, 3, -1], [3, 12, 9, 1], [4, 11, 5, 1], [9, 10, 2, -1]);
  const filled = settings({ features: ["tickImbalance", "tradeSignImbalance"], bucket: { by: "volume", units: 6 } });
  const { endTime, values } = orderFlowColumns({ symbol: "X", trades }, filled);
  expect([...endTime]).toEqual([2, 3, 9]);
  expect([...values]).toEqual([1 / 2, 0, 1, 1, -1, 3 / 7]);
});

test("sums of aggressive volume stand in for trades where only their signs are needed", () => {
  const aggressors = {
    time: Float64Array.of(5, 12, 18, 20),
    boughtUnits: Float64Array.of(1, 38, 22, 9),
    soldUnits: Float64Array.of(1, 26, 23, 9),
  };
  const { values } = orderFlowColumns({ symbol: "X", aggressors }, settings({ features: ["tradeSignImbalance"] }));
  expect([...values]).toEqual([(60 - 49) / 109]);
});

interface MadeUp {
  readonly symbol: string;
  readonly books: Books;
  readonly trades: Trades;
}

/** Books and trades of a made-up market: levels, ties in time, still moments. */
function madeUp(seed: number, events: number): MadeUp {
  const rng = createRng(seed, "order-flow");
  const [rows, sold]: [Book[], number[][]] = [[], []];
  let [time, price] = [0, 100];
  for (let event = 0; event < events; event++) {
    time += rng.integer(6);
    price += rng.integer(3) - 1;
    const level = (at: number): number[] => [price - 1 - at, rng.integer(9), price + 1 + at, rng.integer(9)];
    if (rng.uniform() < 0.5) rows.push(bookOf(time, level(0), level(1), level(2)));
    else sold.push([time, price + rng.integer(3) - 1, 1 + rng.integer(5), rng.integer(2) * 2 - 1]);
  }
  rows.push(bookOf(time, [price - 1, 1, price + 1, 1], [price - 2, 1, price + 2, 1], [price - 3, 1, price + 3, 1]));
  sold.push([time, price, 1, 1]);
  return { symbol: "X", books: booksOf(...rows), trades: tradesOf(...sold) };
}

/** Feeds what was recorded to a stream, by the rule that trades come first; from event `from` to `to`. */
function feed(stream: OrderFlow, { books, trades }: MadeUp, from = 0, to = Infinity): void {
  const events = [
    ...Array.from(trades.time, (time, at) => ({ time, first: 0, at })),
    ...Array.from(books.time, (time, at) => ({ time, first: 1, at })),
  ].sort((a, b) => a.time - b.time || a.first - b.first);
  for (const { first, at } of events.slice(from, to)) {
    if (first === 0) stream.trade(tradeAt(trades, at));
    else stream.book(bookAt(books, at));
  }
}

/** What was recorded up to a time, and after it something else. */
function spliced(one: MadeUp, two: MadeUp, until: number): MadeUp {
  const snapshots = (books: Books): Book[] => Array.from(books.time, (_, t) => bookAt(books, t));
  const sold = (trades: Trades): number[][] =>
    Array.from(trades.time, (_, t) => Object.values<number>({ ...tradeAt(trades, t) }));
  return {
    symbol: "X",
    books: booksOf(
      ...snapshots(one.books).filter(({ time }) => time <= until),
      ...snapshots(two.books).map((book) => ({ ...book, time: book.time + until + 1 })),
    ),
    trades: tradesOf(
      ...sold(one.trades).filter(([time]) => time <= until),
      ...sold(two.trades).map(([time, ...rest]) => [time + until + 1, ...rest]),
    ),
  };
}

const kinds: Readonly<Record<string, OrderFlowSettings>> = {
  "time, given signs": settings({ levels: 3 }),
  "time, Lee and Ready": settings({ levels: 2, signs: "lee-ready" }),
  volume: settings({ levels: 3, bucket: { by: "volume", units: 12 } }),
};

describe.each(Object.keys(kinds))("order flow by %s", (kind) => {
  const seeds = fc.integer({ min: 1, max: 1e6 });

  test("is the same in one pass and in two with the state saved between, to the bit, and finite", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 80 }), (seed, cut) => {
        const recorded = madeUp(seed, 80);
        const { endTime, values } = orderFlowColumns(recorded, kinds[kind]);
        expect(values.every(Number.isFinite)).toBe(true);
        const said: number[] = [];
        const note = (time: number, row: Float64Array): void => void said.push(time, ...row);
        const first = orderFlow(kinds[kind], note);
        feed(first, recorded, 0, cut);
        const second = orderFlow(kinds[kind], note);
        restoreState(second, stateOf(first));
        feed(second, recorded, cut);
        const width = values.length / endTime.length;
        const whole = Array.from(endTime, (time, at) => [time, ...values.subarray(at * width, (at + 1) * width)]);
        expect(said).toEqual(whole.flat());
      }),
      { numRuns: 40 },
    );
  });

  test("does not change a bucket when what comes after its end changes", () => {
    fc.assert(
      fc.property(seeds, seeds, fc.integer({ min: 20, max: 150 }), (seed, other, until) => {
        const [one, two] = [madeUp(seed, 80), madeUp(other, 60)];
        const columns = orderFlowColumns(one, kinds[kind]);
        const changed = orderFlowColumns(spliced(one, two, until), kinds[kind]);
        const width = columns.values.length / columns.endTime.length;
        const known = columns.endTime.filter((end) => end <= until).length;
        expect([...changed.endTime.subarray(0, known)]).toEqual([...columns.endTime.subarray(0, known)]);
        expect([...changed.values.subarray(0, known * width)]).toEqual([...columns.values.subarray(0, known * width)]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what is not there is refused by name", () => {
  const { books, trades } = madeUp(1, 40);
  const aggressors = { time: Float64Array.of(1), boughtUnits: Float64Array.of(1), soldUnits: Float64Array.of(1) };
  const unsigned = { ...trades, aggressor: trades.aggressor.map(() => 0) };

  test.each<[string, Omit<RecordedFlow, "symbol">, Partial<OrderFlowSettings>, RegExp]>([
    ["a book", { trades }, { features: ["orderFlowImbalance"] }, /orderFlowImbalance needs a book, X has trades/],
    ["a book", {}, { features: ["spread"] }, /spread needs a book, X has neither book nor trades/],
    [
      "a book",
      { trades },
      { features: ["tradeSignImbalance"], signs: "lee-ready" },
      /Ready's rule needs a book, X has trades/,
    ],
    ["trades", { books }, { features: ["tickImbalance"] }, /tickImbalance needs trades, X has a book/],
    [
      "trades",
      { books, aggressors },
      { features: ["tickImbalance"] },
      /needs trades, X has a book and sums of aggressive/,
    ],
    [
      "trades",
      { books },
      { features: ["spread"], bucket: { by: "volume", units: 5 } },
      /bucket of volume needs trades/,
    ],
    ["sides", { trades: unsigned }, { features: ["tradeSignImbalance"] }, /needs a side for each trade/],
    [
      "levels",
      { books },
      { features: ["depthImbalance"], levels: 4 },
      /order flow of 4 levels needs as many in the book, and it has 3/,
    ],
    [
      "one of two",
      { trades, aggressors },
      { features: ["tradeSignImbalance"] },
      /either trades or their sums, not both/,
    ],
  ])("%s", (_, given, part, message) => {
    const ask = (): unknown => orderFlowColumns({ symbol: "X", ...given }, settings(part));
    expect(ask).toThrow(message);
    expect(ask).toThrow(Failure);
  });
});

test("takes events in time order only", () => {
  const stream = orderFlow(settings({ features: ["tickImbalance"] }), () => undefined);
  stream.trade({ time: 5, price: 1, units: 1, aggressor: 1 });
  expect(() => stream.trade({ time: 4, price: 1, units: 1, aggressor: 1 })).toThrow(/in time order/);
});
