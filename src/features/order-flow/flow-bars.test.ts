/** @file Bars from a recording: a case by hand, the columns of the order flow, blindness to the future, and what is refused. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import { barAt } from "#domain/bar.ts";
import type { Books } from "#domain/book.ts";
import { orderFlowColumns } from "./order-flow-columns.ts";
import type { FlowBarSettings } from "./flow-bars.ts";
import { flowBars } from "./flow-bars.ts";
import { recording, withOtherEvents } from "./recordings.fixture.ts";

const second = 1000;
const usual: FlowBarSettings = { timeframe: "10s", levels: 1 };

/** A book of one level from `[seconds, bid, ask]`, ten units on each side. */
function quotes(...rows: readonly (readonly number[])[]): Books {
  const column = (of: (row: readonly number[]) => number): Float64Array => Float64Array.from(rows, of);
  return {
    levels: 1,
    time: column(([at]) => at * second),
    bidPrice: column(([, bid]) => bid),
    bidSize: column(() => 10),
    askPrice: column(([, , ask]) => ask),
    askSize: column(() => 10),
  };
}

describe("bars of a recording", () => {
  const books = quotes([3, 99, 101], [12, 100, 102], [15, 97, 99], [19.9, 98, 100], [45, 99, 101], [60, 99, 101]);
  const trades = {
    time: Float64Array.of(2, 9, 14, 19, 41, 49, 61).map((at) => at * second),
    price: Float64Array.of(1, 1, 2, 1, 2, 3, 1),
    units: Float64Array.of(1, 2, 3, 4, 5, 6, 7),
    aggressor: Int8Array.of(1, 1, 1, -1, -1, 1, 1),
  };

  test("hold the mids within them, from the first on, and what was traded; silent ones are left out", () => {
    const { bars, silentBars, signs } = flowBars({ symbol: "X", books, trades }, usual);
    // The book begins at 3 and ends at 60: whole bars open at 10, 20, 30, 40 and 50; nothing happened in three of them.
    expect(silentBars).toBe(3);
    expect(signs).toBe("given");
    const [first, last] = [0, 1].map((t) => barAt(bars, t));
    expect(first).toMatchObject({ openTime: 10_000, open: 101, high: 101, low: 98, close: 99, volume: 7 });
    expect(last).toMatchObject({ openTime: 40_000, open: 100, high: 100, low: 100, close: 100, volume: 11 });
    expect(bars.openTime).toHaveLength(2);
    const named = (t: number) =>
      Object.fromEntries(bars.measured!.names.map((name, k) => [name, barAt(bars, t).measured![k]]));
    expect(named(0)).toMatchObject({ tradeSignImbalance: -1 / 7, tickImbalance: 0, recentTickImbalance: 0 });
    // Ticks so far: 0 0 + − + +.
    expect(named(1)).toMatchObject({ tradeSignImbalance: 1 / 11, tickImbalance: 1, recentTickImbalance: 2 / 6 });
  });

  test("without a snapshot stand at the last mid where something was traded", () => {
    const more = { ...trades, time: trades.time.map((time) => (time === 41_000 ? 31_000 : time)) };
    const { bars } = flowBars({ symbol: "X", books, trades: more }, usual);
    expect(barAt(bars, 1)).toMatchObject({ openTime: 30_000, open: 99, high: 99, low: 99, close: 99, volume: 5 });
  });

  test("of a book alone have no volume and no columns of trades", () => {
    const { bars, signs } = flowBars({ symbol: "X", books }, usual);
    expect([...bars.volume]).toEqual([0, 0]);
    expect(signs).toBeUndefined();
    expect(bars.measured!.names).toEqual([
      "ofi1",
      "depthImbalance",
      "micropriceLean",
      "spreadBps",
      "meanSpreadBps",
      "spreadChangeBps",
    ]);
  });

  test("begin and end where all sources do: a flow of 0 is never made up", () => {
    const late = { ...trades, time: trades.time.map((time) => 25_000 + time / 4) };
    const { bars } = flowBars({ symbol: "X", books, trades: late }, { ...usual, timeframe: "1s" });
    expect(bars.openTime[0]).toBeGreaterThanOrEqual(25_500);
    expect(bars.openTime[bars.openTime.length - 1]).toBeLessThan(late.time[6]);
    const apart = { ...trades, time: trades.time.map((time) => 100_000 + time) };
    expect(flowBars({ symbol: "X", books, trades: apart }, usual).bars.openTime).toHaveLength(0);
  });

  test("say in the names what is not as usual, so that no model takes one for the other", () => {
    const unsigned = { ...trades, aggressor: trades.aggressor.map(() => 0) };
    const settings = { ...usual, bucketUnits: 5, recentTicks: 20 };
    const { bars, signs } = flowBars({ symbol: "X", books, trades: unsigned }, settings);
    expect(signs).toBe("lee-ready");
    expect(bars.measured!.names).toEqual(
      expect.arrayContaining([
        "ofi1@5units",
        "recentTickImbalance@5units+20ticks",
        "tradeSignImbalance@5units+lee-ready",
      ]),
    );
  });

  test("carry of buckets of volume the last that was filled before their close", () => {
    const flow = { ...trades, time: Float64Array.of(5, 9, 14, 20, 41, 49, 61).map((at) => at * second) };
    const { bars } = flowBars({ symbol: "X", books, trades: flow }, { ...usual, bucketUnits: 4 });
    const place = bars.measured!.names.indexOf("tradeSignImbalance@4units");
    const said = Array.from(bars.openTime, (time, t) => [time, barAt(bars, t).measured![place]]);
    // Buckets: 1 + 2 + 3 bought until 14; 4 sold at 20, which the bar from 10 to 20 does not know; 5 sold at 41; 6 bought at 49.
    expect(said).toEqual([
      [10_000, 1],
      [20_000, -1],
      [40_000, 1],
    ]);
  });

  test("are refused more levels than the book has, and buckets of volume without trades", () => {
    for (const settings of [
      { ...usual, levels: 2 },
      { ...usual, bucketUnits: 5 },
    ]) {
      expect(() => flowBars({ symbol: "X", books }, settings)).toThrow(Failure);
    }
  });
});

test("a bar's columns are those of the bucket of its time", () => {
  const recorded = recording(7, 400, 3000);
  const { bars } = flowBars(recorded, { timeframe: "1m", levels: 3 });
  const { names, values } = bars.measured!;
  const columns = orderFlowColumns(recorded, {
    features: [
      "orderFlowImbalance",
      "depthImbalance",
      "micropriceLean",
      "spread",
      "tickImbalance",
      "recentTickImbalance",
      "tradeSignImbalance",
    ],
    levels: 3,
    bucket: { by: "time", intervalMs: 60_000 },
    signs: "given",
  });
  expect(names).toEqual(columns.outputs);
  expect(bars.openTime.length).toBeGreaterThan(15);
  bars.openTime.forEach((openTime, t) => {
    const row = columns.endTime.indexOf(openTime + 60_000) * names.length;
    expect(barAt(bars, t).measured).toEqual(columns.values.slice(row, row + names.length));
  });
  expect(values.every(Number.isFinite)).toBe(true);
});

describe.each([
  ["time", undefined],
  ["volume", 25],
])("bars with buckets of %s", (_, bucketUnits) => {
  test("do not change up to their close when what comes after it changes", () => {
    const seeds = fc.integer({ min: 1, max: 1e6 });
    fc.assert(
      fc.property(seeds, seeds, fc.integer({ min: 30, max: 300 }), (seed, other, untilSeconds) => {
        const one = recording(seed, 120, 4000);
        const changed = withOtherEvents(one, recording(other, 200, 4000), untilSeconds * second);
        const settings = { timeframe: "10s", levels: 3, bucketUnits } as const;
        const [mine, theirs] = [one, changed].map((each) => flowBars(each, settings).bars);
        const known = mine.openTime.filter((time) => time + 10_000 <= untilSeconds * second).length;
        fc.pre(known > 0);
        for (let t = 0; t < known; t++) expect(barAt(theirs, t)).toEqual(barAt(mine, t));
      }),
      { numRuns: 60 },
    );
  });
});
