import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { barColumns } from "#domain/bar.ts";
import { writeParquet } from "#storage/parquet.ts";
import { readBarsFile } from "../bars-file.ts";
import { allPages, expectSourceContract } from "../source.contract.ts";
import type { BarRequest } from "../source.ts";
import { joinedBars } from "../source.ts";
import { randomWalk } from "../synthetic.ts";
import { readMt5File } from "./mt5.ts";
import { seriesSource } from "./series.ts";
import { syntheticSource } from "./synthetic.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-series-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [bars] = randomWalk({ bars: 95, seed: 1, volatility: 0.01, timeframe: "1h" }).bars;
const rows = Array.from(bars.openTime, (time, t) => {
  const values = [bars.open[t], bars.high[t], bars.low[t], bars.close[t], bars.volume[t]];
  return [new Date(time).toISOString().slice(0, 16).replace("T", " "), ...values].join(",");
});
const csv = join(folder, "X.csv");
writeFileSync(csv, ["time,open,high,low,close,volume", ...rows].join("\n"));
const parquet = join(folder, "X.parquet");
await writeParquet([{ path: parquet, bars }]);

const whole: BarRequest = { symbol: "X", timeframe: "1h", from: 0, until: Date.UTC(2030, 0) };

test.each([
  ["CSV", () => readBarsFile(csv)],
  ["Parquet", () => readBarsFile(parquet)],
  ["a MetaTrader export", () => readMt5File(csv)],
])("keeps the contract with a file of %s", async (name, read) => {
  const source = seriesSource(`file/${name}`, read, 40);
  expect((await allPages(source, whole)).map((page) => page.bars.openTime.length)).toEqual([40, 40, 15]);
  await expectSourceContract(source, whole);
});

test("gives bars that open at the start of a request, and none that open at its end", async () => {
  const source = seriesSource("memory", async () => ({ symbol: "X", timeframe: "1h", bars }));
  const request = { ...whole, from: bars.openTime[10], until: bars.openTime[20] };
  const given = joinedBars((await allPages(source, request)).map((page) => page.bars));
  for (const column of barColumns) expect(given[column]).toEqual(bars[column].slice(10, 20));
});

test("refuses a symbol or a timeframe that the series is not of", async () => {
  const source = seriesSource("memory", async () => ({ symbol: "X", timeframe: "1h", bars }));
  await expect(allPages(source, { ...whole, symbol: "Y" })).rejects.toThrow(
    /memory has X, 1h, and was asked for Y, 1h/,
  );
  await expect(allPages(source, { ...whole, timeframe: "1d" })).rejects.toMatchObject({ code: "data/no-such-bars" });
});

const year: BarRequest = { symbol: "S2", timeframe: "1h", from: Date.UTC(2001, 0), until: Date.UTC(2003, 0) };

test("keeps the contract with dice", async () => {
  const source = syntheticSource({ seed: 1, volatility: 0.01 });
  await expectSourceContract(source, year);
  await expectSourceContract(source, { ...year, timeframe: "1d" });
});

test("rolls the same bars for the same seed and symbol, whatever is asked, and others for others", async () => {
  const closes = async (seed: number, request: BarRequest): Promise<Float64Array> =>
    joinedBars((await allPages(syntheticSource({ seed, volatility: 0.01 }), request)).map((page) => page.bars)).close;
  const first = await closes(1, year);
  expect(first.length).toBe(730 * 24);
  expect((await closes(1, { ...year, until: Date.UTC(2004, 0) })).slice(0, first.length)).toEqual(first);
  expect(await closes(2, year)).not.toEqual(first);
  expect(await closes(1, { ...year, symbol: "S1" })).not.toEqual(first);
});

test.each(["S0", "S21", "AAPL", "S1.5"])("has no dice called %s", async (symbol) => {
  const source = syntheticSource({ seed: 1, volatility: 0.01 });
  await expect(allPages(source, { ...year, symbol })).rejects.toThrow(/synthetic has S1 to S20/);
});
