import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, expect, test } from "vitest";
import { barColumns } from "#domain/bar.ts";
import { writeParquet } from "#storage/parquet.ts";
import { readBarsFile } from "../bars-file.ts";
import { randomWalk } from "../synthetic.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-parquet-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file made by DuckDB's SQL. */
async function parquet(name: string, select: string): Promise<string> {
  const path = join(folder, name);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'Asia/Tokyo'");
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

const prices = "1.5 + i AS open, 3.5 + i AS high, 1.0 + i AS low, 2.5 + i AS close";
const fiveHours = "range(5) AS hours(i)";
const hour = "make_timestamp_ms(1709560800000 + i * 3600000)";
const isoTimes = ({ openTime }: { openTime: Float64Array }): string[] =>
  Array.from(openTime, (time) => new Date(time).toISOString().slice(0, 16));
const utcHours = ["14:00", "15:00", "16:00", "17:00", "18:00"].map((time) => `2024-03-04T${time}`);

test("reads back to the bit what was written, in blocks", async () => {
  const [bars] = randomWalk({ bars: 7000, seed: 3, volatility: 0.02, timeframe: "1h" }).bars;
  const path = join(folder, "S1_1h.parquet");
  await writeParquet([{ path, bars }]);
  const read = await readBarsFile(path);
  for (const column of barColumns) expect(read.bars[column]).toEqual(bars[column]);
  expect(read).toMatchObject({ symbol: "S1", timeframe: "1h" });
  expect(read.sha256).toBe(createHash("sha256").update(readFileSync(path)).digest("hex"));
});

test.each<[form: string, column: string]>([
  ["timestamps of milliseconds", `${hour}::TIMESTAMP_MS`],
  ["timestamps of microseconds", `${hour}::TIMESTAMP`],
  ["timestamps of nanoseconds", `${hour}::TIMESTAMP_NS`],
  ["timestamps with a zone", `to_timestamp(1709560800 + i * 3600)`],
  ["seconds since 1970", "1709560800 + i * 3600"],
  ["nanoseconds since 1970", "(1709560800 + i * 3600) * 1000000000"],
  ["texts", `strftime(${hour}, '%d.%m.%Y %H:%M:%S') || ''`],
  ["texts with an offset", `strftime(${hour}, '%Y-%m-%dT%H:%M:%S') || '+00:00'`],
])("reads times that are %s", async (form, column) => {
  // Day and month of 4 March cannot be told apart: such texts begin on the fourteenth.
  const moved = form === "texts" ? column.replace("1709560800000", `${1709560800000 + 10 * 86_400_000}`) : column;
  const path = await parquet("EURUSD.parquet", `SELECT ${moved} AS "Datetime", ${prices} FROM ${fiveHours}`);
  const read = await readBarsFile(path);
  expect(isoTimes(read.bars)).toEqual(form === "texts" ? utcHours.map((t) => t.replace("03-04", "03-14")) : utcHours);
  expect(read.timeframe).toBe("1h");
});

test("reads naive times in the zone that is named, and dates as they are", async () => {
  const local = await parquet("local.parquet", `SELECT ${hour} AS time, ${prices} FROM ${fiveHours}`);
  const read = await readBarsFile(local, { timeZone: "America/New_York" });
  expect(isoTimes(read.bars)[0]).toBe("2024-03-04T19:00");
  const days = await parquet(
    "days.parquet",
    `SELECT DATE '2024-03-04' + i::INTEGER AS date, ${prices} FROM ${fiveHours}`,
  );
  const dates = await readBarsFile(days, { timeZone: "America/New_York" });
  expect(isoTimes(dates.bars)[4]).toBe("2024-03-08T00:00");
});

test("finds columns by names as CSV does, in any order and of any type of number, and says what it left", async () => {
  const columns = `'X' AS ticker, (2.5 + i)::FLOAT AS "Close", (1 + i)::INTEGER AS "Low", (3.5 + i)::DECIMAL(9, 2) AS "High",
    1.5 + i AS "Open", (100 * i)::BIGINT AS "Volume", ${hour} AS "Date", [1, 2] AS parts`;
  const read = await readBarsFile(await parquet("X.parquet", `SELECT ${columns} FROM ${fiveHours}`));
  const { open, high, low, close, volume } = read.bars;
  expect([open[2], high[2], low[2], close[2], volume[2]]).toEqual([3.5, 5.5, 3, 4.5, 200]);
  expect(read.notes).toContain("Columns not used: ticker.");
});

test("takes names of columns that are named to it", async () => {
  const named = `SELECT ${hour} AS "when", 1.0 AS a, 2.0 AS b, 0.5 AS c, 1.5 AS d, 7 AS units FROM ${fiveHours}`;
  const path = await parquet("named.parquet", named);
  await expect(readBarsFile(path)).rejects.toMatchObject({ code: "data/missing-column" });
  const read = await readBarsFile(path, { columns: "time=when,open=a,high=b,low=c,close=d,volume=units" });
  expect([read.bars.high[0], read.bars.volume[0]]).toEqual([2, 7]);
});

test.each<[what: string, select: string, code: string, found: RegExp]>([
  [
    "an empty price",
    `SELECT ${hour} AS time, 1 AS open, 1 AS high, 1 AS low, CASE WHEN i = 3 THEN NULL ELSE 1 END AS close FROM ${fiveHours}`,
    "data/bad-number",
    /bad\.parquet:5 has "" in column close/,
  ],
  [
    "a price that is no number",
    `SELECT ${hour} AS time, 1 AS open, 1 AS high, 1 AS low, 'NaN'::DOUBLE AS close FROM ${fiveHours}`,
    "data/bad-number",
    /bad\.parquet:2 has "nan" in column close/,
  ],
  [
    "a time that is none, shown as it stands",
    `SELECT CASE WHEN i = 2 THEN 'soon "or" later' ELSE strftime(${hour}, '%Y-%m-%d %H:%M') END AS time, ${prices} FROM ${fiveHours}`,
    "data/bad-time",
    /bad\.parquet:4 has "soon "or" later"/,
  ],
  [
    "bars that break their limits",
    `SELECT ${hour} AS time, 1 AS open, 1 AS high, 1 AS low, 2 AS close FROM ${fiveHours}`,
    "data/broken-bar",
    /bad\.parquet:2/,
  ],
  [
    "two bars of one time",
    `SELECT ${hour.replace("i * 3600000", "(i // 2) * 3600000")} AS time, ${prices} FROM ${fiveHours}`,
    "data/duplicate-bar",
    /bad\.parquet:3 and line 2/,
  ],
  [
    "a table without rows",
    `SELECT ${hour} AS time, ${prices} FROM ${fiveHours} WHERE i > 9`,
    "data/empty-file",
    /no row/,
  ],
])("refuses %s", async (_, select, code, found) => {
  const failed: unknown = await readBarsFile(await parquet("bad.parquet", select)).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code });
  expect(String(failed)).toMatch(found);
});

test("refuses a file that is cut off", async () => {
  const whole = await parquet("whole.parquet", `SELECT ${hour} AS time, ${prices} FROM ${fiveHours}`);
  const path = join(folder, "cut.parquet");
  writeFileSync(path, readFileSync(whole).subarray(0, 200));
  const failed: unknown = await readBarsFile(path).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: "data/unreadable-file" });
  expect(String(failed)).toContain("cut.parquet is no Parquet file that can be read");
});

test("tells how far it has come", async () => {
  const path = await parquet("progress.parquet", `SELECT ${hour} AS time, ${prices} FROM range(5000) AS hours(i)`);
  const told: number[] = [];
  await readBarsFile(path, { progress: (done, total) => void told.push(done / total) });
  expect(told.length).toBeGreaterThan(1);
  expect(told.at(-1)).toBe(1);
});
