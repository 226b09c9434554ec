/** @file Order flow: books and trades, one event at a time, to numbers for each bucket of time or of volume. */
import { invariant } from "#base/invariant.ts";
import type { Book } from "#domain/book.ts";
import type { Quote } from "#domain/quote.ts";
import type { Aggressor, Trade } from "#domain/trade.ts";
import type { Remembering } from "../memory.ts";
import { memoryOf } from "../memory.ts";
import { depthImbalance, micropriceLean, spreadBps } from "./book-shape.ts";
import { orderFlowImbalance } from "./order-flow-imbalance.ts";
import { leeReady, recentSigns, tickRule } from "./trade-sign.ts";

/** What can be asked for, and what it cannot do without. */
export const orderFlowFeatures = {
  /** Σ order-flow imbalance of each level in the bucket / its mean depth, one output for each level. */
  orderFlowImbalance: "book",
  /** (Σ bid − Σ ask sizes) / their sum over the levels, at the bucket's end. */
  depthImbalance: "book",
  /** (microprice − middle) / spread, at the bucket's end. */
  micropriceLean: "book",
  /** In basis points of the middle: at the bucket's end, its mean over the bucket's time, and end less beginning. */
  spread: "book",
  /** Σ tick-rule signs / trades. */
  tickImbalance: "trades",
  /** Σ tick-rule signs of the last `recentTicks` trades / as many, at the bucket's end, wherever buckets begin. */
  recentTickImbalance: "trades",
  /** (units that buyers took − units that sellers took) / units. */
  tradeSignImbalance: "signs",
} as const;

export type OrderFlowFeature = keyof typeof orderFlowFeatures;

export interface OrderFlowSettings {
  readonly features: readonly OrderFlowFeature[];
  /** Levels of the book that are looked at. */
  readonly levels: number;
  /** `time`: ends at whole multiples of `intervalMs`; `volume`: ends with the trade that fills `units`, whole trades only. */
  readonly bucket:
    | { readonly by: "time"; readonly intervalMs: number }
    | { readonly by: "volume"; readonly units: number };
  /** Who crossed the spread: as the source says, or by Lee and Ready's rule, for which the book is needed as well. */
  readonly signs: "given" | "lee-ready";
  /** Trades that `recentTickImbalance` looks back on; 100 unless named. */
  readonly recentTicks?: number;
}

export const usualRecentTicks = 100;

/** What the outputs are called. */
export function orderFlowOutputs({ features, levels }: OrderFlowSettings): string[] {
  return features.flatMap((feature) => {
    if (feature === "orderFlowImbalance") return Array.from({ length: levels }, (_, level) => `ofi${level + 1}`);
    if (feature === "spread") return ["spreadBps", "meanSpreadBps", "spreadChangeBps"];
    return [feature];
  });
}

/** True where settings cannot do without a book. */
export function needsBook({ features, signs }: OrderFlowSettings): boolean {
  const ofSigns = features.includes("tradeSignImbalance") && signs === "lee-ready";
  return ofSigns || features.some((feature) => orderFlowFeatures[feature] === "book");
}

/** Takes events in time order. It keeps no reference to one: the caller may reuse the object. */
export interface OrderFlow extends Remembering {
  book(book: Book): void;
  trade(trade: Trade): void;
  /** What buyers and sellers took since the last such sum, where a source has no single trades. */
  aggressors(time: number, boughtUnits: number, soldUnits: number): void;
  /** Says that time has passed: buckets that end at or before it are closed. */
  passed(time: number): void;
}

/** Takes a bucket's end and its outputs, in the order of `orderFlowOutputs`; the row is used again after the call. */
export type OnBucket = (endTime: number, row: Float64Array) => void;

/**
 * Order flow with these settings. A bucket holds the events before its end and is known from its end on: it closes with the
 * first event at or after it. Buckets begin with the first whole one after the book is known (where one is needed); one
 * without events says 0 for flows and what the book last showed.
 */
export function orderFlow(settings: OrderFlowSettings, onBucket: OnBucket): OrderFlow {
  const { levels, bucket, signs, recentTicks = usualRecentTicks } = settings;
  checkSettings(settings);
  const tally = createTally(levels, recentTicks);
  const imbalance = orderFlowImbalance(levels);
  const tick = tickRule();
  const flow = new Float64Array(levels);
  const row = new Float64Array(orderFlowOutputs(settings).length);
  const waitsForBook = needsBook(settings);
  const last = tally.lastBook;
  const [clock, end] = [Float64Array.of(-Infinity), Float64Array.of(NaN)];
  const seenBook = new Float64Array(1);

  const close = (time: number): void => {
    tally.holdSpread(time);
    writeRow(settings, tally, row);
    onBucket(time, row);
    tally.clear(time);
  };
  const passed = (time: number): void => {
    invariant(time >= clock[0], "events are in time order", { time, last: clock[0] });
    clock[0] = time;
    if (bucket.by === "time") for (; end[0] <= time; end[0] += bucket.intervalMs) closeOrBegin();
  };
  /** The first end after the sources are there only begins the first whole bucket. */
  const closeOrBegin = (): void => {
    if (tally.begun()) close(end[0]);
    else tally.clear(end[0]);
  };
  const begin = (time: number): void => {
    if (!Number.isNaN(end[0]) || (waitsForBook && seenBook[0] === 0)) return;
    if (bucket.by === "time") {
      end[0] = (Math.floor(time / bucket.intervalMs) + 1) * bucket.intervalMs;
      return;
    }
    end[0] = Infinity;
    tally.clear(time);
  };
  const taken = (time: number, bought: number, sold: number, units: number): void => {
    tally.take(bought, sold, units);
    if (bucket.by === "volume" && tally.begun() && tally.unitsTaken() >= bucket.units) close(time);
  };
  return {
    memory: memoryOf([tally, imbalance, tick, clock, end, seenBook]),
    passed,
    book(book) {
      passed(book.time);
      imbalance.next(book, flow, 0);
      tally.takeBook(book, flow);
      seenBook[0] = 1;
      begin(book.time);
    },
    trade({ time, price, units, aggressor }) {
      passed(time);
      const ticked = tick(price);
      const sign = signs === "given" || seenBook[0] === 0 ? aggressor : leeReady(price, bestOf(last), ticked);
      begin(time);
      tally.takeTick(ticked);
      taken(time, sign > 0 ? units : 0, sign < 0 ? units : 0, units);
    },
    aggressors(time, boughtUnits, soldUnits) {
      passed(time);
      begin(time);
      taken(time, boughtUnits, soldUnits, boughtUnits + soldUnits);
    },
  };
}

function checkSettings({ features, levels, bucket, recentTicks = usualRecentTicks }: OrderFlowSettings): void {
  invariant(features.length > 0, "order flow is asked for at least one feature");
  invariant(Number.isInteger(levels) && levels > 0, "a book has at least one level", { levels });
  invariant(Number.isInteger(recentTicks) && recentTicks > 0, "recent trades are one at least", { recentTicks });
  const size = bucket.by === "time" ? bucket.intervalMs : bucket.units;
  invariant(size > 0 && Number.isFinite(size), "a bucket has a size", { size });
}

interface Side {
  readonly bidPrice: Float64Array;
  readonly bidSize: Float64Array;
  readonly askPrice: Float64Array;
  readonly askSize: Float64Array;
}

function bestOf({ bidPrice, bidSize, askPrice, askSize }: Side): Quote {
  return { time: 0, bidPrice: bidPrice[0], bidSize: bidSize[0], askPrice: askPrice[0], askSize: askSize[0] };
}

/** What is counted in a bucket, and the book as it last was. */
interface Tally extends Remembering {
  readonly lastBook: Side;
  /** `[L]`, Σ over the bucket's snapshots. */
  readonly flow: Float64Array;
  readonly depth: Float64Array;
  begun(): boolean;
  unitsTaken(): number;
  snapshots(): number;
  tickImbalance(): number;
  recentTickImbalance(): number;
  tradeSignImbalance(): number;
  /** At the end, the mean over time, and end less beginning. */
  spread(): readonly [number, number, number];
  takeBook(book: Book, flow: Float64Array): void;
  takeTick(sign: Aggressor): void;
  take(bought: number, sold: number, units: number): void;
  /** Counts the present spread up to a time. */
  holdSpread(time: number): void;
  clear(time: number): void;
}

function createTally(levels: number, recentTicks: number): Tally {
  const side = (): Float64Array => new Float64Array(levels);
  const lastBook: Side = { bidPrice: side(), bidSize: side(), askPrice: side(), askSize: side() };
  const [flow, depth] = [side(), side()];
  const counts = new Float64Array(6);
  const recent = recentSigns(recentTicks);
  const [snapshots, trades, ticks, bought, sold, units] = [0, 1, 2, 3, 4, 5];
  /** Present spread, spread at the beginning, its integral over time, time up to which it is counted, beginning. */
  const spread = Float64Array.of(NaN, NaN, 0, NaN, NaN);
  const holdSpread = (time: number): void => {
    if (time > spread[3] && !Number.isNaN(spread[0])) spread[2] += spread[0] * (time - spread[3]);
    spread[3] = time;
  };
  return {
    memory: [...Object.values<Float64Array>({ ...lastBook }), flow, depth, counts, spread, ...recent.memory],
    lastBook,
    flow,
    depth,
    holdSpread,
    begun: () => !Number.isNaN(spread[4]),
    unitsTaken: () => counts[units],
    snapshots: () => counts[snapshots],
    tickImbalance: () => (counts[trades] > 0 ? counts[ticks] / counts[trades] : 0),
    recentTickImbalance: () => recent.imbalance(),
    tradeSignImbalance: () => (counts[units] > 0 ? (counts[bought] - counts[sold]) / counts[units] : 0),
    spread() {
      const lasted = spread[3] - spread[4];
      return [spread[0], lasted > 0 ? spread[2] / lasted : spread[0], spread[0] - spread[1]];
    },
    takeBook(book, imbalance) {
      for (let level = 0; level < levels; level++) {
        flow[level] += imbalance[level];
        depth[level] += (book.bidSize[level] + book.askSize[level]) / 2;
        lastBook.bidPrice[level] = book.bidPrice[level];
        lastBook.bidSize[level] = book.bidSize[level];
        lastBook.askPrice[level] = book.askPrice[level];
        lastBook.askSize[level] = book.askSize[level];
      }
      counts[snapshots]++;
      holdSpread(book.time);
      spread[0] = spreadBps(bestOf(lastBook));
    },
    takeTick(sign) {
      counts[trades]++;
      counts[ticks] += sign;
      recent.take(sign);
    },
    take(boughtUnits, soldUnits, allUnits) {
      counts[bought] += boughtUnits;
      counts[sold] += soldUnits;
      counts[units] += allUnits;
    },
    clear(time) {
      flow.fill(0);
      depth.fill(0);
      counts.fill(0);
      spread[1] = spread[0];
      spread[2] = 0;
      spread[3] = time;
      spread[4] = time;
    },
  };
}

function writeRow({ features, levels }: OrderFlowSettings, tally: Tally, row: Float64Array): void {
  let at = 0;
  const snapshots = tally.snapshots();
  for (const feature of features) {
    if (feature === "orderFlowImbalance") {
      for (let level = 0; level < levels; level++) {
        row[at++] = tally.depth[level] > 0 ? (tally.flow[level] * snapshots) / tally.depth[level] : 0;
      }
    } else if (feature === "spread") {
      for (const value of tally.spread()) row[at++] = value;
    } else if (feature === "depthImbalance") {
      row[at++] = depthImbalance({ time: 0, ...tally.lastBook }, levels);
    } else if (feature === "micropriceLean") {
      row[at++] = micropriceLean(bestOf(tally.lastBook));
    } else {
      row[at++] = tally[feature]();
    }
  }
}
