/** @file From a recorded book and trades to bars of the mid price that carry their order flow. */
import { invariant } from "#base/invariant.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { emptyBars, pickBars, timeframeMs } from "#domain/bar.ts";
import type { Books } from "#domain/book.ts";
import type { OrderFlowColumns, RecordedFlow } from "./order-flow-columns.ts";
import { orderFlowColumns } from "./order-flow-columns.ts";
import type { OrderFlowFeature, OrderFlowSettings } from "./order-flow.ts";
import { orderFlowFeatures, usualRecentTicks } from "./order-flow.ts";

export interface FlowBarSettings {
  /** Length of the bars; below a day. */
  readonly timeframe: Timeframe;
  /** Levels of the book that are looked at. */
  readonly levels: number;
  /** Named: order flow is that of the last whole bucket of so much volume; absent: that of the bar's own time. */
  readonly bucketUnits?: number | undefined;
  /** Trades that `recentTickImbalance` looks back on; 100 unless named. */
  readonly recentTicks?: number | undefined;
}

export interface FlowBars {
  readonly bars: Bars;
  /** Bars in which nothing was recorded; they are left out. */
  readonly silentBars: number;
  /** Who crossed the spread, as the source says or told from prices; absent where there is neither trade nor sum. */
  readonly signs: OrderFlowSettings["signs"] | undefined;
}

/** A book, and what was traded where that is known. */
export interface RecordedBook extends RecordedFlow {
  readonly books: Books;
}

/** Bars one after the other: the first opens at `from`, `count` of them are whole. */
interface Grid {
  readonly from: number;
  readonly barMs: number;
  readonly count: number;
}

/**
 * Bars of the mid price: open is the first mid within the bar, so that an order that is filled there is filled by a quote
 * that came after its decision; volume is what was traded, 0 where that is unknown. The first bar is the first whole one
 * of which everything was recorded, the last one the last. `measured` is all that `order-flow.ts` can say of what is there.
 * @throws Failure features/missing-input where the book has fewer levels, or a bucket of volume no trades
 */
export function flowBars(recorded: RecordedBook, settings: FlowBarSettings): FlowBars {
  const flow = flowSettings(recorded, settings);
  const columns = orderFlowColumns(recorded, flow);
  const grid = wholeBars(recorded, timeframeMs[settings.timeframe]);
  const events = new Int32Array(grid.count);
  const bars = midBars(recorded.books, grid, events);
  addVolume(recorded, grid, bars.volume, events);
  const known = knownRows(columns, grid, flow.bucket.by);
  const kept = Array.from(events.keys()).filter((t) => events[t] > 0 && known[t] >= 0);
  const width = columns.outputs.length;
  const values = new Float64Array(kept.length * width);
  kept.forEach((t, at) => values.set(columns.values.subarray(known[t] * width, (known[t] + 1) * width), at * width));
  return {
    bars: { ...pickBars(bars, kept), measured: { names: measuredNames(columns.outputs, flow), values } },
    silentBars: events.filter((count) => count === 0).length,
    signs: flow.features.includes("tradeSignImbalance") ? flow.signs : undefined,
  };
}

/** All that can be said of what is there; where a trade has no side, Lee and Ready's rule tells all of them. */
function flowSettings({ trades, aggressors }: RecordedBook, settings: FlowBarSettings): OrderFlowSettings {
  const { timeframe, levels, bucketUnits, recentTicks = usualRecentTicks } = settings;
  const there = { book: true, trades: trades !== undefined, signs: trades !== undefined || aggressors !== undefined };
  const all = Object.keys(orderFlowFeatures) as OrderFlowFeature[];
  return {
    features: all.filter((feature) => there[orderFlowFeatures[feature]]),
    levels,
    bucket:
      bucketUnits === undefined
        ? { by: "time", intervalMs: timeframeMs[timeframe] }
        : { by: "volume", units: bucketUnits },
    signs: trades?.aggressor.includes(0) === true ? "lee-ready" : "given",
    recentTicks,
  };
}

/** Behind an @ stands what is not as usual: a model that was trained on one is refused the other. */
function measuredNames(outputs: readonly string[], { bucket, signs, recentTicks }: OrderFlowSettings): string[] {
  return outputs.map((output) => {
    const how = bucket.by === "volume" ? [`${bucket.units}units`] : [];
    if (output === "recentTickImbalance" && recentTicks !== usualRecentTicks) how.push(`${recentTicks}ticks`);
    if (output === "tradeSignImbalance" && signs === "lee-ready") how.push(signs);
    return how.length === 0 ? output : `${output}@${how.join("+")}`;
  });
}

/** Before the last of the sources begins and after the first ends, a flow of 0 would be made up. */
function wholeBars({ books, trades, aggressors }: RecordedBook, barMs: number): Grid {
  const sources = [books, trades, aggressors].flatMap((source) => (source === undefined ? [] : [source.time]));
  invariant(
    sources.every((times) => times.length > 0),
    "what was recorded holds at least one event",
  );
  const begins = Math.max(...sources.map((times) => times[0]));
  const ends = Math.min(...sources.map((times) => times[times.length - 1]));
  const from = (Math.floor(begins / barMs) + 1) * barMs;
  return { from, barMs, count: Math.max(0, Math.floor((ends - from) / barMs)) };
}

/** Index of the bar that a moment lies in: below 0 before the first, `count` or more behind the last. */
function barOf({ from, barMs }: Grid, time: number): number {
  return Math.floor((time - from) / barMs);
}

function midBars(books: Books, grid: Grid, events: Int32Array): Bars {
  const { levels, time, bidPrice, askPrice } = books;
  const bars = emptyBars(grid.count);
  const { open, high, low, close } = bars;
  let last = NaN;
  let filled = 0;
  /** Bars without a snapshot keep the last mid. */
  const fill = (until: number): void => {
    for (; filled < until; filled++) {
      bars.openTime[filled] = grid.from + filled * grid.barMs;
      if (events[filled] === 0) open[filled] = high[filled] = low[filled] = close[filled] = last;
    }
  };
  for (let at = 0; at < time.length; at++) {
    const t = barOf(grid, time[at]);
    if (t >= grid.count) break;
    fill(t);
    const mid = (bidPrice[at * levels] + askPrice[at * levels]) / 2;
    last = mid;
    if (t < 0) continue;
    if (events[t]++ === 0) open[t] = high[t] = low[t] = mid;
    high[t] = Math.max(high[t], mid);
    low[t] = Math.min(low[t], mid);
    close[t] = mid;
  }
  fill(grid.count);
  return bars;
}

function addVolume({ trades, aggressors }: RecordedBook, grid: Grid, volume: Float64Array, events: Int32Array): void {
  const add = (time: number, units: number): void => {
    const t = barOf(grid, time);
    if (t < 0 || t >= grid.count) return;
    volume[t] += units;
    events[t]++;
  };
  trades?.time.forEach((time, at) => add(time, trades.units[at]));
  aggressors?.time.forEach((time, at) => add(time, aggressors.boughtUnits[at] + aggressors.soldUnits[at]));
}

/**
 * For each bar the last row that is known at its close, −1 where there is none: of time the bar's own, of volume the last
 * bucket that was filled before it. One that is filled at the very moment of the close belongs to the next bar.
 */
function knownRows({ endTime }: OrderFlowColumns, grid: Grid, by: OrderFlowSettings["bucket"]["by"]): Int32Array {
  let next = 0;
  return Int32Array.from({ length: grid.count }, (_, t) => {
    const close = grid.from + (t + 1) * grid.barMs;
    while (next < endTime.length && (by === "time" ? endTime[next] <= close : endTime[next] < close)) next++;
    return next - 1;
  });
}
