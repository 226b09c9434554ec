/** @file A recording from its files: one file or two, steps with and without a length, and what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readFlowFiles } from "./flow-file.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-flow-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, ...lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const quotes = file(
  "quotes.csv",
  "timestamp,bid_price,bid_size,ask_price,ask_size",
  "2024-03-04T14:30:00.5Z,99,1,101,2",
  "2024-03-04T14:30:01Z,99,3,101,2",
);
const trades = file("trades.csv", "timestamp,price,size,side", "2024-03-04T14:30:00.7Z,101,5,buy");
const steps = file("steps.csv", "t,bid_price,bid_size,ask_price,ask_size", "0,99,1,101,2", "1,99,3,101,2");
const sums = file(
  "sums.csv",
  "time,bid1_price,bid1_size,ask1_price,ask1_size,buy_aggr_vol,sell_aggr_vol",
  "2024-03-04T14:30:00Z,99,1,101,2,7,8",
);

test("joins a book and trades, and notes where the trades come from", async () => {
  const recorded = await readFlowFiles({ book: quotes, trades });
  expect([...recorded.books.time]).toEqual([500, 1000].map((ms) => Date.UTC(2024, 2, 4, 14, 30) + ms));
  expect([...recorded.trades!.units]).toEqual([5]);
  expect(recorded.notes[0]).toMatch(/^Trades are those of trades\.csv, SHA-256 [0-9a-f]{64}\.$/);
  expect(recorded.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test("takes sums of aggressive volume of the book's own file, unless there are trades, which hold them too", async () => {
  expect((await readFlowFiles({ book: sums })).aggressors?.boughtUnits).toEqual(Float64Array.of(7));
  expect((await readFlowFiles({ book: sums, trades })).aggressors).toBeUndefined();
});

test("makes times of steps whose length is named, and says so", async () => {
  const { books, notes } = await readFlowFiles({ book: steps, stepMs: 250 });
  expect([...books.time]).toEqual([0, 250]);
  expect(notes.at(-1)).toBe("Steps are taken as 250 ms each, from 1970-01-01 on.");
});

test.each([
  [
    "steps without a length",
    { book: steps },
    /steps\.csv counts steps, and no length of a step was named\. .*--step-ms 1000/,
  ],
  ["a length of steps where there are times", { book: quotes, stepMs: 5 }, /quotes\.csv carries times/],
  ["trades for a book", { book: trades }, /trades\.csv holds trades and no book/],
  ["a book for trades", { book: quotes, trades: quotes }, /quotes\.csv holds a book and no trades/],
])("refuses %s", async (_, files, message) => {
  await expect(readFlowFiles(files)).rejects.toThrow(message);
});
