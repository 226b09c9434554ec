import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bars } from "./bar.ts";
import { barsFrom } from "./bar.ts";
import { instrument } from "./instrument.ts";
import { barsAt, firstBarFrom, sliceUniverse, universe } from "./universe.ts";

const series = (times: readonly number[], price: number): Bars =>
  barsFrom(
    times.map((openTime, t) => ({ openTime, open: price, high: price, low: price, close: price + t, volume: 1 })),
  );

const pair = universe("pair", "1d", [
  { instrument: instrument("A"), bars: series([1, 2, 3], 10) },
  { instrument: instrument("B"), bars: series([1, 2, 3], 20) },
]);

test("holds instruments and bars in one order, on one time axis", () => {
  expect(pair.instruments.map(({ symbol }) => symbol)).toEqual(["A", "B"]);
  expect([...pair.openTime]).toEqual([1, 2, 3]);
  expect(barsAt(pair, 1).map(({ openTime, close }) => [openTime, close])).toEqual([
    [2, 11],
    [2, 21],
  ]);
});

test("refuses to be empty, and series that do not share their times", () => {
  expect(() => universe("none", "1d", [])).toThrow("at least one instrument");
  for (const times of [
    [1, 2],
    [1, 2, 4],
    [1, 2, 3, 4],
  ]) {
    const odd = [
      { instrument: instrument("A"), bars: series([1, 2, 3], 10) },
      { instrument: instrument("ODD"), bars: series(times, 10) },
    ];
    expect(() => universe("odd", "1d", odd)).toThrow("symbol=ODD");
  }
});

test("slices every instrument and the time axis alike", () => {
  const part = sliceUniverse(pair, 1, 3);
  expect([...part.openTime]).toEqual([2, 3]);
  expect(part.bars.map(({ close }) => [...close])).toEqual([
    [11, 12],
    [21, 22],
  ]);
  expect(part.instruments).toEqual(pair.instruments);
});

test("finds the first bar at or after a time as a search from the start does", () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 60 })).map((list) => Float64Array.from(list).sort());
  fc.assert(
    fc.property(times, fc.integer({ min: -5, max: 65 }), (openTime, time) => {
      const found = openTime.findIndex((open) => open >= time);
      expect(firstBarFrom(openTime, time)).toBe(found < 0 ? openTime.length : found);
    }),
  );
});
