import { describe, expect, test } from "vitest";
import {
  barAt,
  barColumns,
  barsFrom,
  closeTime,
  copyBars,
  emptyBars,
  hashedColumns,
  pickBars,
  sliceBars,
  timeframeMs,
} from "./bar.ts";
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

describe("what is measured of bars beside their prices", () => {
  const measuredRows = rows.map((row, t) => ({ ...row, measured: Float64Array.of(t, -t) }));
  const names = ["ofi1", "spreadBps"];
  const bars = barsFrom(measuredRows, names);

  test("comes back with each bar, and stays beside it in slices, picks and copies", () => {
    expect(rows.map((_, t) => barAt(bars, t))).toEqual(measuredRows);
    const part = sliceBars(bars, 1, 3);
    expect(part).toEqual(barsFrom(measuredRows.slice(1, 3), names));
    expect(part.measured!.values.buffer, "a view").toBe(bars.measured!.values.buffer);
    expect(pickBars(bars, [3, 0])).toEqual(barsFrom([measuredRows[3], measuredRows[0]], names));
    const copy = copyBars(part);
    expect(copy).toEqual(part);
    const all = [...barColumns.map((column) => copy[column]), copy.measured!.values];
    for (const column of all) expect(column.buffer.byteLength, "memory of its own").toBe(column.byteLength);
  });

  test("is absent where there is none", () => {
    const plain = barsFrom(rows);
    for (const each of [plain, sliceBars(plain, 0, 2), pickBars(plain, [1]), copyBars(plain), barAt(plain, 0)]) {
      expect(each).not.toHaveProperty("measured");
    }
  });

  test("is hashed with its names behind the columns, which are hashed as without it", () => {
    const columns = barColumns.map((column) => bars[column]);
    expect(hashedColumns(barsFrom(rows))).toEqual(columns);
    expect(hashedColumns(bars)).toEqual([...columns, "ofi1,spreadBps", bars.measured!.values]);
  });

  test("is refused where a number has no name, or a name no number", () => {
    expect(() => barsFrom(measuredRows)).toThrow("each measured number of a bar has a name");
    expect(() => barsFrom(rows, names)).toThrow("each measured number of a bar has a name");
  });
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
