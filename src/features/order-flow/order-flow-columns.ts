/** @file Order flow over recorded books and trades: the same stream, fed in the order of time. */
import { Failure } from "#base/failure.ts";
import type { Books } from "#domain/book.ts";
import { bookAt } from "#domain/book.ts";
import type { AggressorVolume, Trades } from "#domain/trade.ts";
import { tradeAt } from "#domain/trade.ts";
import type { OrderFlowSettings } from "./order-flow.ts";
import { needsBook, orderFlow, orderFlowFeatures, orderFlowOutputs } from "./order-flow.ts";

/** What was recorded of one instrument; absent is unknown. */
export interface RecordedFlow {
  readonly symbol: string;
  readonly books?: Books | undefined;
  readonly trades?: Trades | undefined;
  readonly aggressors?: AggressorVolume | undefined;
}

export interface OrderFlowColumns {
  readonly outputs: readonly string[];
  /** `[B]`: ends of the buckets, Unix ms UTC; a row is known from its end on. */
  readonly endTime: Float64Array;
  /** `[B, outputs]` */
  readonly values: Float64Array;
}

/**
 * One row for each whole bucket. Of events at the same time trades come first: the quote of that moment may already be
 * their effect.
 * @throws Failure features/missing-input with the name of what is asked for and is not there
 */
export function orderFlowColumns(recorded: RecordedFlow, settings: OrderFlowSettings): OrderFlowColumns {
  checkInputs(recorded, settings);
  const { books, trades, aggressors } = recorded;
  const ends: number[] = [];
  const rows: number[] = [];
  const stream = orderFlow(settings, (endTime, row) => {
    ends.push(endTime);
    for (const value of row) rows.push(value);
  });
  let [book, trade, sum] = [0, 0, 0];
  const timeOf = (times: Float64Array | undefined, at: number): number =>
    times !== undefined && at < times.length ? times[at] : Infinity;
  for (;;) {
    const [ofTrade, ofSum, ofBook] = [
      timeOf(trades?.time, trade),
      timeOf(aggressors?.time, sum),
      timeOf(books?.time, book),
    ];
    const next = Math.min(ofTrade, ofSum, ofBook);
    if (next === Infinity) break;
    if (ofTrade === next) stream.trade(tradeAt(trades!, trade++));
    else if (ofSum === next) stream.aggressors(next, aggressors!.boughtUnits[sum], aggressors!.soldUnits[sum++]);
    else stream.book(bookAt(books!, book++));
  }
  return { outputs: orderFlowOutputs(settings), endTime: Float64Array.from(ends), values: Float64Array.from(rows) };
}

/** Nothing that is asked for is filled with zeros. */
function checkInputs(recorded: RecordedFlow, settings: OrderFlowSettings): void {
  const { symbol, books, trades, aggressors } = recorded;
  const held = Object.entries({ "a book": books, trades, "sums of aggressive volume": aggressors })
    .filter(([, source]) => source !== undefined)
    .map(([name]) => name);
  const refuse = (what: string, missing: string): never => {
    const found = `${what} needs ${missing}, ${symbol} has ${held.join(" and ") || "neither book nor trades"}`;
    throw new Failure("features/missing-input", found, { symbol, missing });
  };
  for (const feature of settings.features) {
    const need = orderFlowFeatures[feature];
    if (need === "book" && books === undefined) refuse(feature, "a book");
    if (need === "trades" && trades === undefined) refuse(feature, "trades");
    if (need === "signs" && trades === undefined && aggressors === undefined) refuse(feature, "trades");
  }
  const signed = settings.features.includes("tradeSignImbalance");
  if (signed && settings.signs === "lee-ready") {
    if (books === undefined) refuse("Lee and Ready's rule", "a book");
    if (trades === undefined) refuse("Lee and Ready's rule", "trades");
  }
  if (signed && settings.signs === "given" && trades?.aggressor.includes(0)) {
    refuse("tradeSignImbalance by given signs", "a side for each trade");
  }
  if (settings.bucket.by === "volume" && trades === undefined && aggressors === undefined) {
    refuse("a bucket of volume", "trades");
  }
  // Both would count the same volume twice.
  if (trades !== undefined && aggressors !== undefined) refuse("order flow", "either trades or their sums, not both");
  if (needsBook(settings) && books !== undefined && books.levels < settings.levels) {
    refuse(`order flow of ${settings.levels} levels`, `as many in the book, and it has ${books.levels}`);
  }
}
