import { afterEach, expect, test } from "vitest";
import { fixedClock, stopwatch } from "#base/clock.ts";
import { createRng } from "#base/rng.ts";
import type { LocalAnswer, LocalServer } from "../local-server.fixture.ts";
import { localServer } from "../local-server.fixture.ts";
import { allPages, expectSourceContract } from "../source.contract.ts";
import type { BarRequest, BarSource } from "../source.ts";
import { joinedBars } from "../source.ts";
import type { CcxtOptions } from "./ccxt.ts";
import { ccxtSource } from "./ccxt.ts";

const hourMs = 3_600_000;
const start = Date.parse("2024-03-04T00:00:00Z");
const now = start + 40.5 * hourMs;

const exchangeInfo = JSON.stringify({
  timezone: "UTC",
  serverTime: now,
  rateLimits: [],
  exchangeFilters: [],
  symbols: [
    {
      symbol: "BTCUSDT",
      status: "TRADING",
      baseAsset: "BTC",
      quoteAsset: "USDT",
      baseAssetPrecision: 8,
      quotePrecision: 8,
      quoteAssetPrecision: 8,
      orderTypes: ["LIMIT", "MARKET"],
      isSpotTradingAllowed: true,
      permissions: ["SPOT"],
      filters: [
        { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000", tickSize: "0.01" },
        { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000", stepSize: "0.00001" },
      ],
    },
  ],
});

/** Binance's form of a bar: prices as texts, the close time beside the open time. */
function kline(i: number): readonly unknown[] {
  const open = start + i * hourMs;
  const prices = [60_000 + i, 60_010.5 + i, 59_990.25 + i, 60_005 + i].map(String);
  return [open, ...prices, `${10 + i}.5`, open + hourMs - 1, "0", 10, "0", "0", "0"];
}

/** Forty-one hourly bars, the last of them unfinished at `now`. */
const hourly = Array.from({ length: 41 }, (_, i) => kline(i));

/** Binance's klines: `limit` bars from `startTime` on. */
function klines(url: URL, stored = hourly): string {
  const from = Number(url.searchParams.get("startTime"));
  const to = Number(url.searchParams.get("endTime") ?? Infinity);
  const limit = Number(url.searchParams.get("limit"));
  return JSON.stringify(stored.filter(([open]) => Number(open) >= from && Number(open) <= to).slice(0, limit));
}

const servers: LocalServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));

const request: BarRequest = { symbol: "BTC/USDT", timeframe: "1h", from: start, until: start + 30 * hourMs };

/** A source on a local Binance that answers its nth request for bars (from 0) with `faults[n]`, and with bars otherwise. */
async function local(
  faults: Readonly<Record<number, LocalAnswer>> = {},
  { settings, ...options }: Partial<CcxtOptions> = {},
  answer: (url: URL) => string = klines,
): Promise<{ source: BarSource; asked: () => number[]; waits: number[] }> {
  const waits: number[] = [];
  let count = 0;
  const server = await localServer((url) => {
    if (url.pathname.endsWith("/exchangeInfo")) return { body: exchangeInfo };
    return faults[count++] ?? { body: answer(url) };
  });
  servers.push(server);
  const source = ccxtSource({
    exchange: "binance",
    url: server.url,
    clock: fixedClock(now),
    pageBars: 8,
    rng: createRng(1),
    sleep: async (ms) => void waits.push(ms),
    settings: {
      rateLimit: 1,
      timeout: 2000,
      options: { fetchMarkets: { types: ["spot"] }, fetchCurrencies: false },
      ...settings,
    },
    ...options,
  });
  const asked = (): number[] =>
    server.requests
      .filter(({ pathname }) => pathname === "/api/v3/klines")
      .map(({ searchParams }) => (Number(searchParams.get("startTime")) - start) / hourMs);
  return { source, asked, waits };
}

const times = async (source: BarSource, asked = request): Promise<number[]> => [
  ...joinedBars((await allPages(source, asked)).map(({ bars }) => bars)).openTime,
];

const hours = (count: number): number[] => Array.from({ length: count }, (_, i) => start + i * hourMs);

test("keeps the contract", async () => {
  await expectSourceContract((await local()).source, request);
});

test("asks for each page from where the last one ended", async () => {
  const { source, asked } = await local();
  const pages = await allPages(source, request);
  const whole = joinedBars(pages.map(({ bars }) => bars));
  expect([...whole.openTime]).toEqual(hours(30));
  expect([whole.open[9], whole.high[9], whole.low[9], whole.close[9], whole.volume[9]]).toEqual([
    60_009, 60_019.5, 59_999.25, 60_014, 19.5,
  ]);
  expect(asked()).toEqual([0, 8, 16, 24]);
});

test("leaves out the bar that is not complete", async () => {
  const { source, asked } = await local();
  const pages = await allPages(source, { ...request, until: now + 1000 * hourMs });
  expect([...joinedBars(pages.map(({ bars }) => bars)).openTime]).toEqual(hours(40));
  expect(pages.at(-1)!.through, "the unfinished bar is asked for next time").toBeLessThanOrEqual(start + 40 * hourMs);
  expect(asked()).toHaveLength(5);
});

test("goes on through a time without bars, such as that before a listing", async () => {
  const late = hourly.filter((_, i) => i >= 20);
  const { source, asked } = await local({}, {}, (url) => klines(url, late));
  expect(await times(source)).toEqual(hours(30).slice(20));
  const windowed = await local({}, {}, (url) => {
    const to = Number(url.searchParams.get("startTime")) + 8 * hourMs - 1;
    url.searchParams.set("endTime", `${to}`);
    return klines(url, late);
  });
  expect(await times(windowed.source)).toEqual(hours(30).slice(20));
  expect(windowed.asked()).toEqual([0, 8, 16, 24]);
  expect(asked()).toEqual([0, 28]);
});

test("gives no bar twice where an exchange ignores the start", async () => {
  const { source } = await local({}, {}, () => JSON.stringify(hourly.slice(0, 8)));
  expect(await times(source)).toEqual(hours(8));
});

test("waits as long as a 429 asks, then asks for the same page", async () => {
  const busy = { status: 429, headers: { "retry-after": "4" }, body: '{"code":-1003,"msg":"Too many requests."}' };
  const { source, asked, waits } = await local({ 1: busy });
  expect(await times(source)).toEqual(hours(30));
  expect(waits).toEqual([4000]);
  expect(asked()).toEqual([0, 8, 8, 16, 24]);
});

test.each<[what: string, fault: LocalAnswer]>([
  ["a 503", { status: 503, body: "<html>Service Unavailable</html>" }],
  ["a broken page", { body: '[[1709510400000,"600' }],
  ["a connection cut amid the body", { cutAfter: '[[1709510400000,"60000"' }],
  ["an answer that never comes", "never"],
])("survives %s without losing or doubling a bar", async (_, fault) => {
  const { source, asked, waits } = await local({ 1: fault }, { settings: { timeout: 150 } });
  expect(await times(source)).toEqual(hours(30));
  expect(asked()).toEqual([0, 8, 8, 16, 24]);
  expect(waits).toHaveLength(1);
});

test("gives up on an exchange that stays down", async () => {
  const { source, asked } = await local({}, {}, () => "[[");
  await expect(times(source)).rejects.toMatchObject({ code: "data/source-unavailable", retryable: true });
  expect(asked()).toHaveLength(6);
});

test.each([403, 404, 451])("takes %i as an answer, at once", async (status) => {
  const { source, asked, waits } = await local({
    0: { status, body: '{"msg":"Service unavailable from a restricted location"}' },
  });
  await expect(times(source)).rejects.toMatchObject({ code: "data/source-refused" });
  expect(asked()).toHaveLength(1);
  expect(waits).toEqual([]);
});

test("names symbols that the exchange has where it does not know the one asked for", async () => {
  const { source, asked } = await local();
  const failed: unknown = await times(source, { ...request, symbol: "BTC/EUR" }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: "data/no-such-bars" });
  expect(String(failed)).toContain("binance does not know BTC/EUR (it has BTC/USDT)");
  expect(asked()).toEqual([]);
});

test.each<[what: string, body: string]>([
  ["a price that is no number", JSON.stringify([[start, "a lot", "1", "1", "1", "1"]])],
  ["a bar without prices", JSON.stringify([[start]])],
])("refuses %s", async (_, body) => {
  const { source } = await local({}, {}, () => body);
  await expect(times(source)).rejects.toMatchObject({ code: "data/source-broken" });
});

test("names exchanges of similar name where ccxt does not know the one asked for", async () => {
  const { source } = await local({}, { exchange: "binanse" });
  const failed: unknown = await times(source).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: "cli/bad-option" });
  expect(String(failed)).toMatch(/binanse, which ccxt does not know \(it knows .*binance/);
});

test("names the timeframes of an exchange that lacks the one asked for", async () => {
  const { source } = await local({}, { exchange: "coinbase" });
  const failed: unknown = await times(source, { ...request, timeframe: "1w" }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: "data/no-such-bars" });
  expect(String(failed)).toMatch(/coinbase has bars of .*1h.*, and not of 1w/);
});

test("keeps the exchange's pause between requests", async () => {
  const { source } = await local({}, { settings: { rateLimit: 40 } });
  const elapsed = stopwatch();
  await times(source);
  // Four pages and the list of markets; the first goes out at once, and each costs two of Binance's units at least.
  expect(elapsed()).toBeGreaterThan(100);
});

test("stops at once when it is told to, amid a request", async () => {
  const stop = new AbortController();
  const reason = new Error("stopped");
  const { source } = await local({ 1: "never" }, { settings: { timeout: 500 } });
  const pages = source.pages({ ...request, signal: stop.signal });
  await pages.next();
  const waiting = pages.next();
  setTimeout(() => stop.abort(reason), 30);
  await expect(waiting).rejects.toBe(reason);
});
