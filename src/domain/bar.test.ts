import { expect, test } from "vitest";
import { barAt, barColumns, barsFrom, closeTime, emptyBars, sliceBars, timeframeMs } from "./bar.ts";
import type { Bar } from "./bar.ts";

const rows: Bar[] = [0, 1, 2, 3].map((t) => ({
  openTime: t * 60_000,
  open: 10 + t,
  high: 12 + t,
  low: 9 + t,
  close: 11 + t,
  volume: 100 * t,
}));

test("gives back the rows that columns were made from", () => {
  const bars = barsFrom(rows);
  expect(rows.map((_, t) => barAt(bars, t))).toEqual(rows);
  expect(Object.keys(bars)).toEqual([...barColumns]);
});

test("refuses an index that is not in the series", () => {
  const bars = barsFrom(rows);
  for (const t of [-1, 4]) expect(() => barAt(bars, t)).toThrow("a bar index lies in the series");
});

test("slices views of the same memory, the end excluded", () => {
  const bars = barsFrom(rows);
  const part = sliceBars(bars, 1, 3);
  for (const column of barColumns) {
    expect([...part[column]]).toEqual(rows.slice(1, 3).map((row) => row[column]));
    expect(part[column].buffer).toBe(bars[column].buffer);
  }
});

test("makes empty columns of one length", () => {
  const bars = emptyBars(3);
  for (const column of barColumns) expect([...bars[column]]).toEqual([0, 0, 0]);
});

test("closes a bar one timeframe after it opens", () => {
  expect(closeTime(Date.UTC(2020, 0, 2, 14), "1h")).toBe(Date.UTC(2020, 0, 2, 15));
  expect(closeTime(Date.UTC(2020, 0, 2), "1d")).toBe(Date.UTC(2020, 0, 3));
  expect(timeframeMs["1w"]).toBe(7 * timeframeMs["1d"]);
  expect(timeframeMs["4h"]).toBe(16 * timeframeMs["15m"]);
});
