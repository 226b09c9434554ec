import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Bars } from "#domain/bar.ts";
import { barsFrom } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Series } from "./align.ts";
import { alignUniverse } from "./align.ts";

/** Bars at `times`, whose price tells symbol and time. */
const barsAt = (times: readonly number[], base: number): Bars =>
  barsFrom(
    times.map((openTime) => ({
      openTime,
      open: base + openTime,
      high: 1e9,
      low: 1,
      close: base + openTime,
      volume: base,
    })),
  );

const series = (symbol: string, times: readonly number[], base = 0): Series => ({
  instrument: instrument(symbol),
  timeframe: "1d",
  bars: barsAt(times, base),
});

test("keeps exactly the times that all series have, with each one's own prices, and counts the rest", () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 40, maxLength: 61 });
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 4 }), (columns) => {
      const sorted = columns.map((column) => column.toSorted((a, b) => a - b));
      const common = sorted[0].filter((time) => sorted.every((column) => column.includes(time)));
      fc.pre(common.length > 0);
      const { universe, droppedBars } = alignUniverse(
        "test",
        sorted.map((column, i) => series(`S${i}`, column, 1000 * i)),
      );
      expect([...universe.openTime]).toEqual(common);
      universe.bars.forEach((bars, i) => {
        expect([...bars.close]).toEqual(common.map((time) => 1000 * i + time));
        expect(droppedBars[i]).toBe(sorted[i].length - common.length);
      });
    }),
  );
});

test("keeps what is measured beside the bars that are kept", () => {
  const rows = [0, 1, 2, 3].map((openTime) => ({ openTime, open: 1, high: 1, low: 1, close: 1, volume: 1 }));
  const bars = barsFrom(
    rows.map((row) => ({ ...row, measured: Float64Array.of(10 + row.openTime) })),
    ["ofi1"],
  );
  const { universe } = alignUniverse("test", [{ ...series("A", []), bars }, series("B", [1, 3, 4])]);
  expect(universe.bars[0].measured).toEqual({ names: ["ofi1"], values: Float64Array.of(11, 13) });
  expect(universe.bars[1]).not.toHaveProperty("measured");
});

test("refuses series without a common time, and names their spans", () => {
  expect(() => alignUniverse("test", [series("A", [0, 86_400_000]), series("B", [172_800_000])])).toThrow(
    /no time is in all of A 1970-01-01 to 1970-01-02, B 1970-01-03 to 1970-01-03/,
  );
});

test("refuses mixed timeframes", () => {
  const hourly: Series = { ...series("B", [0]), timeframe: "1h" };
  expect(() => alignUniverse("test", [series("A", [0]), hourly])).toThrow(/A has bars of 1d, B of 1h/);
});

test("refuses the same symbol twice", () => {
  expect(() => alignUniverse("test", [series("A", [0]), series("A", [0])])).toThrow(/has A twice/);
});
