/** @file Files of books, quotes and trades: the real ones by their own columns, and every way in which one can be wrong. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { bookAt, bestQuote } from "#domain/book.ts";
import { midPrice, spreadOf } from "#domain/quote.ts";
import { tradeAt } from "#domain/trade.ts";
import { needs, sharedData } from "../../test/requirements.ts";
import { readBookFile } from "./book-file.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-book-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, ...lines: readonly string[]): string {
  writeFileSync(join(folder, name), lines.join("\n"));
  return join(folder, name);
}

describe.skipIf(!needs.sharedData())("the recorded files", () => {
  const path = (name: string): string => join(sharedData, "orderbook", `${name}.csv.gz`);

  test("fifteen levels by their distance from the midpoint: prices give back the file's own spread, sizes its values", async () => {
    const given = path("BTC_1min_L2top15_flows_600rows");
    const { books, aggressors, trades, clock, notes } = await readBookFile(given);
    expect([books!.levels, books!.time.length, clock, trades]).toEqual([15, 600, "unix-ms", undefined]);
    expect(new Date(books!.time[0]).toISOString()).toBe("2021-04-17T17:22:00.172Z");
    const lines = gunzipSync(readFileSync(given)).toString().split("\n");
    const rows = lines.map((line) => line.trim().split(","));
    const column = (name: string, t: number): number => Number(rows[t + 1][rows[0].indexOf(name)]);
    for (let t = 0; t < 600; t++) {
      const book = bookAt(books!, t);
      expect(spreadOf(bestQuote(book))).toBeCloseTo(column("spread", t), 4);
      expect(midPrice(bestQuote(book))).toBeCloseTo(column("midpoint", t), 4);
      expect(book.askPrice[14] * book.askSize[14]).toBeCloseTo(column("asks_notional_14", t), 4);
      expect(aggressors!.boughtUnits[t] * column("midpoint", t)).toBeCloseTo(column("buys", t), 3);
    }
    expect(notes.join(" ")).toMatch(/distances to the midpoint.*buys and sells are values/);
  });

  test("five levels by steps, which are said not to be times", async () => {
    const { books, clock, notes, aggressors } = await readBookFile(path("BTC_L2top5_testset_4997rows"));
    expect([books!.levels, books!.time.length, clock, aggressors]).toEqual([5, 4997, "steps", undefined]);
    expect(notes).toEqual(["The column t counts steps, not time."]);
    const first = bookAt(books!, 0);
    expect([...first.bidPrice]).toEqual([23090.7, 23090.1, 23090, 23089.5, 23089.1]);
    expect([...first.askSize]).toEqual([0.00717, 0.01162999, 0.00717, 0.04329297, 0.005]);
  });

  test("ten levels of a future with what was taken in each second", async () => {
    const { books, aggressors } = await readBookFile(path("ESH4_L2top10_1s_20231225"));
    expect([books!.levels, books!.time.length]).toEqual([10, 2925]);
    expect([aggressors!.boughtUnits[0], aggressors!.soldUnits[0]]).toEqual([38, 26]);
    expect(bestQuote(bookAt(books!, 1))).toEqual({
      time: Date.UTC(2023, 11, 25, 23, 0, 1),
      bidPrice: 4801,
      bidSize: 5,
      askPrice: 4801.5,
      askSize: 8,
    });
  });

  test("quotes and trades in microseconds", async () => {
    const quotes = await readBookFile(path("tardis_binancefut_BTCUSDT_quotes"));
    expect([quotes.books!.levels, quotes.books!.time.length, quotes.trades]).toEqual([1, 9999, undefined]);
    expect(bestQuote(bookAt(quotes.books!, 0))).toEqual({
      time: 1582329601096,
      bidPrice: 9681.92,
      bidSize: 0.67,
      askPrice: 9682,
      askSize: 0.84,
    });
    const { trades, books } = await readBookFile(path("tardis_binancefut_BTCUSDT_trades"));
    expect([trades!.time.length, books]).toEqual([9999, undefined]);
    expect(tradeAt(trades!, 0)).toEqual({ time: 1582329602111, price: 9682, units: 0.132, aggressor: 1 });
    expect(trades!.aggressor.includes(0)).toBe(false);
  });
});

const quoteHeader = "timestamp,bid_price,bid_size,ask_price,ask_size";

test("reads trades without sides as unknown, says so, and counts crossed quotes", async () => {
  const { trades, notes } = await readBookFile(file("t.csv", "time,price,qty", "2024-01-02T10:00:00Z,10,2"));
  expect(tradeAt(trades!, 0).aggressor).toBe(0);
  expect(notes.join(" ")).toMatch(/no column of sides/);
  const quotes = await readBookFile(file("q.csv", quoteHeader, "1600000000000,10,1,9,1", "1600000000001,9,0,10,1"));
  expect(quotes.notes.join(" ")).toMatch(/not below the best ask: 1/);
});

test.each([
  ["bars", ["time,open,high,low,close", "2024-01-02,1,1,1,1"], "data/no-book"],
  ["one side only", ["time,bid_price,bid_size", "2024-01-02,1,1"], "data/no-book"],
  ["no time", ["price,size", "1,1"], "data/no-book"],
  ["no row", [quoteHeader], "data/empty-file"],
  ["a row that is cut off", [quoteHeader, "1600000000000,10,1,11"], "data/ragged-row"],
  ["a number that is none", [quoteHeader, "1600000000000,10,x,11,1"], "data/bad-number"],
  ["nothing for a number", [quoteHeader, "1600000000000,10,,11,1"], "data/bad-number"],
  ["a price of zero", [quoteHeader, "1600000000000,0,1,11,1"], "data/bad-price"],
  ["a size below zero", [quoteHeader, "1600000000000,10,-1,11,1"], "data/bad-price"],
  ["a side that is none", ["time,price,size,side", "1600000000000,10,1,long"], "data/bad-number"],
  ["times that go back", [quoteHeader, "1600000000001,10,1,11,1", "1600000000000,10,1,11,1"], "data/out-of-order"],
  ["a time that is none", [quoteHeader, "1600000000001,10,1,11,1", "noon,10,1,11,1"], "data/bad-time"],
])("refuses a file with %s, and names its place", async (_, lines, code) => {
  const path = file("bad.csv", ...lines);
  await expect(readBookFile(path)).rejects.toMatchObject({ code, message: expect.stringContaining(path) as string });
});
