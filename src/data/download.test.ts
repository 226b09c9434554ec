import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { barColumns, emptyBars } from "#domain/bar.ts";
import type { Bars } from "#domain/bar.ts";
import { downloadSeries } from "./download.ts";
import { removePartialSeries } from "./partial-series.ts";
import type { BarSource } from "./source.ts";
import { randomWalk } from "./synthetic.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-download-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const stored = randomWalk({ bars: 95, seed: 1, volatility: 0.01, timeframe: "1h" }).bars[0];
const from = stored.openTime[0];
const until = stored.openTime[94] + 3_600_000;

/** Pages of ten bars from memory; counts what was given, and fails before page `failing` (from 0, over all requests). */
function paged(bars: Bars, failing?: number): { source: BarSource; given: number[] } {
  const given: number[] = [];
  const source: BarSource = {
    name: "memory",
    async *pages({ from: start, until: end, signal }) {
      const wanted = [...bars.openTime].flatMap((time, t) => (time >= start && time < end ? [t] : []));
      for (let at = 0; at < wanted.length; at += 10) {
        signal?.throwIfAborted();
        if (given.length === failing) throw new Error("the line is dead");
        const rows = wanted.slice(at, at + 10);
        const page = emptyBars(rows.length);
        for (const column of barColumns) rows.forEach((row, t) => (page[column][t] = bars[column][row]));
        given.push(rows[0]);
        yield { bars: page, through: page.openTime[rows.length - 1] + 1 };
      }
    },
  };
  return { source, given };
}

const options = (name: string) => ({ symbol: "A/B", timeframe: "1h" as const, from, until, folder: join(root, name) });

test("gives every bar to the bit, by way of the disk", async () => {
  const series = await downloadSeries(paged(stored).source, options("whole"));
  for (const column of barColumns) expect(series.bars[column]).toEqual(stored[column]);
  expect(series).toMatchObject({ symbol: "A/B", keptBars: 0, notes: [] });
});

test("goes on where it was interrupted, and gives nothing twice", async () => {
  const first = paged(stored, 4);
  await expect(downloadSeries(first.source, options("resumed"))).rejects.toThrow("the line is dead");
  const second = paged(stored);
  const series = await downloadSeries(second.source, options("resumed"));
  for (const column of barColumns) expect(series.bars[column]).toEqual(stored[column]);
  expect(series.keptBars).toBe(40);
  expect([...first.given, ...second.given]).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
});

test("keeps the pages that came before it was told to stop", async () => {
  const stop = new AbortController();
  const reason = new Error("stopped");
  const onPage = (_: number, bars: number): void => void (bars === 30 && stop.abort(reason));
  const stopped = downloadSeries(paged(stored).source, { ...options("stopped"), signal: stop.signal, onPage });
  await expect(stopped).rejects.toBe(reason);
  expect((await downloadSeries(paged(stored).source, options("stopped"))).keptBars).toBe(30);
});

test("writes anew a page that a crash cut short", async () => {
  await expect(downloadSeries(paged(stored, 3).source, options("crash"))).rejects.toThrow();
  const rows = readdirSync(options("crash").folder).find((file) => file.endsWith(".rows"))!;
  appendFileSync(join(options("crash").folder, rows), Buffer.alloc(100, 7));
  const series = await downloadSeries(paged(stored).source, options("crash"));
  for (const column of barColumns) expect(series.bars[column]).toEqual(stored[column]);
});

test("refuses to go on with a file that lost what its position names", async () => {
  await expect(downloadSeries(paged(stored, 3).source, options("lost"))).rejects.toThrow();
  const rows = readdirSync(options("lost").folder).find((file) => file.endsWith(".rows"))!;
  truncateSync(join(options("lost").folder, rows), 48 * 29);
  await expect(downloadSeries(paged(stored).source, options("lost"))).rejects.toMatchObject({
    code: "storage/damaged-file",
  });
});

test("never mixes two sources, symbols, timeframes or starts", async () => {
  await downloadSeries(paged(stored).source, options("apart"));
  const begun = paged(stored).source;
  const others = [
    downloadSeries({ ...begun, name: "another" }, options("apart")),
    downloadSeries(begun, { ...options("apart"), symbol: "A/C" }),
    downloadSeries(begun, { ...options("apart"), from: from + 1 }),
  ];
  for (const other of others) expect((await other).keptBars).toBe(0);
  expect((await downloadSeries(begun, options("apart"))).keptBars).toBe(95);
  await removePartialSeries(options("apart").folder);
  expect((await downloadSeries(begun, options("apart"))).keptBars).toBe(0);
});

test("reaches further when it is asked to, and gives no more than it is asked for", async () => {
  const half = stored.openTime[50];
  expect(
    (await downloadSeries(paged(stored).source, { ...options("further"), until: half })).bars.openTime,
  ).toHaveLength(50);
  const { source, given } = paged(stored);
  expect((await downloadSeries(source, options("further"))).bars.openTime).toHaveLength(95);
  expect(given[0]).toBe(50);
  expect((await downloadSeries(source, { ...options("further"), until: half })).bars.openTime).toHaveLength(50);
});

test("says which symbol a source has nothing of", async () => {
  const failed = downloadSeries(paged(emptyBars(0)).source, options("empty"));
  await expect(failed).rejects.toMatchObject({ code: "data/no-such-bars" });
  await expect(failed).rejects.toThrow(/memory has no bar of A\/B, 1h, from 2000-01-03T00:00Z to/);
});

test("notes a late beginning and broken bars, and refuses prices that are not above zero", async () => {
  const broken = { ...stored, high: stored.high.map((high, t) => (t === 5 ? high / 2 : high)) };
  const early = { ...options("notes"), from: from - 10 * 86_400_000 };
  expect((await downloadSeries(paged(broken).source, early)).notes).toEqual([
    "The source's first bar opens at 2000-01-03T00:00Z; it was asked from 1999-12-24T00:00Z on.",
    "Bars that break low <= open, close <= high, kept as they are: 1.",
  ]);
  const negative = { ...stored, low: stored.low.map((low, t) => (t === 5 ? -low : low)) };
  await expect(downloadSeries(paged(negative).source, options("negative"))).rejects.toMatchObject({
    code: "data/bad-price",
  });
});
