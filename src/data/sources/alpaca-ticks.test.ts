import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { fixedClock } from "#base/clock.ts";
import { createRng } from "#base/rng.ts";
import { readBookFile } from "../book-file.ts";
import type { LocalAnswer, LocalServer } from "../local-server.fixture.ts";
import { localServer } from "../local-server.fixture.ts";
import { downloadTicks } from "../tick-download.ts";
import type { TickRequest } from "./alpaca-ticks.ts";
import { alpacaTicks } from "./alpaca-ticks.ts";
import type { TickSource } from "../tick-download.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-ticks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const servers: LocalServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));

const start = Date.parse("2024-03-04T14:30:00Z");
/** Four ticks in each millisecond, nanoseconds apart, so that pages of seven end amid one. */
const timeOf = (i: number): string =>
  new Date(start + Math.floor(i / 4)).toISOString().replace("Z", `${String(i).padStart(6, "0")}Z`);
const shareTrades = Array.from({ length: 20 }, (_, i) => ({
  t: timeOf(i),
  x: "V",
  p: 170 + i / 100,
  s: 100 + i,
  i,
  c: ["@"],
  z: "C",
  ...(i === 5 ? { u: "canceled" } : i === 6 ? { u: "corrected" } : {}),
}));
const coinTrades = Array.from({ length: 20 }, (_, i) => ({
  t: timeOf(i),
  p: 60_000 + i,
  s: 0.5,
  i,
  tks: i % 2 ? "B" : "S",
}));
const quotes = Array.from({ length: 20 }, (_, i) => ({
  t: timeOf(i),
  ax: "V",
  ap: i === 9 ? 0 : 170.02,
  as: 200 + i,
  bx: "Q",
  bp: 170.01,
  bs: 100 + i,
  c: ["R"],
  z: "C",
}));

const stored: Readonly<Record<string, readonly unknown[]>> = {
  "/v2/stocks/trades AAPL": shareTrades,
  "/v2/stocks/quotes AAPL": quotes,
  "/v1beta3/crypto/us/trades BTC/USD": coinTrades,
  "/v1beta3/crypto/us/quotes BTC/USD": quotes,
};

function answer(url: URL): string {
  const symbol = url.searchParams.get("symbols")!;
  const all = stored[`${url.pathname} ${symbol}`] ?? [];
  const from = Number(url.searchParams.get("page_token")?.slice(1) ?? 0);
  const to = from + Number(url.searchParams.get("limit"));
  const kind = url.pathname.split("/").at(-1)!;
  return JSON.stringify({
    [kind]: { [symbol]: all.slice(from, to) },
    next_page_token: to < all.length ? `p${to}` : null,
  });
}

async function local(
  asked: Partial<TickRequest> = {},
  faults: Readonly<Record<number, LocalAnswer>> = {},
): Promise<{ ticks: TickSource; server: LocalServer }> {
  const server = await localServer((url, number) => faults[number] ?? { body: answer(url) });
  servers.push(server);
  const options = {
    keys: { keyId: "KEY", secret: "SECRET" },
    clock: fixedClock(start + 86_400_000),
    feed: "sip",
    adjustment: "raw",
    dataUrl: server.url,
    pageBars: 7,
    rng: createRng(1),
    sleep: async () => undefined,
  } as const;
  const request = { kind: "trades", symbol: "AAPL", from: start, until: start + 1000, ...asked } as const;
  return { ticks: alpacaTicks(options, request), server };
}

test("writes trades of shares that readBookFile reads, without those that were taken back", async () => {
  const { ticks, server } = await local();
  const path = join(folder, "trades.csv");
  expect(await downloadTicks(ticks, path)).toEqual({ rows: 19, leftOut: 1, keptRows: 0 });
  expect(server.requests.map(({ searchParams }) => searchParams.get("page_token"))).toEqual([null, "p7", "p14"]);
  expect(server.requests[0].searchParams.get("feed")).toBe("sip");
  const { trades, books } = await readBookFile(path);
  expect(books).toBeUndefined();
  expect([...trades!.units]).toEqual(shareTrades.filter(({ u }) => u !== "canceled").map(({ s }) => s));
  expect([...trades!.aggressor]).toEqual(Array(19).fill(0));
  expect(trades!.time[18]).toBe(start + 4);
  expect(readFileSync(path, "utf8").split("\n")[1], "nanoseconds stay").toBe("2024-03-04T14:30:00.000000000Z,170,100,");
});

test("knows who crossed the spread in trades of coins", async () => {
  const path = join(folder, "coins.csv");
  await downloadTicks((await local({ symbol: "BTC/USD" })).ticks, path);
  expect([...(await readBookFile(path)).trades!.aggressor].slice(0, 4)).toEqual([-1, 1, -1, 1]);
});

test.each(["AAPL", "BTC/USD"])("writes quotes of %s without those that lack a side", async (symbol) => {
  const path = join(folder, "quotes.csv");
  expect(await downloadTicks((await local({ kind: "quotes", symbol })).ticks, path)).toMatchObject({
    rows: 19,
    leftOut: 1,
  });
  const { books } = await readBookFile(path);
  expect([books!.bidPrice[3], books!.bidSize[3], books!.askPrice[3], books!.askSize[3]]).toEqual([
    170.01, 103, 170.02, 203,
  ]);
});

test("goes on amid a millisecond after an interruption, and asks for no page twice", async () => {
  const path = join(folder, "resumed.csv");
  const first = await local({}, { 2: { status: 422, body: '{"message":"no"}' } });
  await expect(downloadTicks(first.ticks, path)).rejects.toMatchObject({ code: "data/source-refused" });
  expect(readdirSync(folder).filter((file) => file === "resumed.csv")).toEqual([]);
  const second = await local();
  expect(await downloadTicks(second.ticks, path)).toEqual({ rows: 19, leftOut: 1, keptRows: 13 });
  expect(second.server.requests.map(({ searchParams }) => searchParams.get("page_token"))).toEqual(["p14"]);
  await downloadTicks((await local()).ticks, join(folder, "whole.csv"));
  expect(readFileSync(path, "utf8")).toBe(readFileSync(join(folder, "whole.csv"), "utf8"));
  expect(readdirSync(folder).filter((file) => file.startsWith("resumed.csv."))).toEqual([]);
});

test.each<[what: string, fault: LocalAnswer]>([
  ["a 429", { status: 429, headers: { "retry-after": "1" }, body: '{"message":"rate limit exceeded"}' }],
  ["a broken page", { body: '{"trades":{"AA' }],
  ["a connection cut amid the body", { cutAfter: '{"trades":{"AAPL":[' }],
])("survives %s", async (_, fault) => {
  const { ticks } = await local({}, { 1: fault });
  expect(await downloadTicks(ticks, join(folder, "survived.csv"))).toMatchObject({ rows: 19 });
});

test("refuses ticks that are none, and a symbol without any", async () => {
  const odd = JSON.stringify({ trades: { AAPL: [{ t: "noon", p: 1, s: 1 }] }, next_page_token: null });
  const path = join(folder, "refused.csv");
  await expect(downloadTicks((await local({}, { 0: { body: odd } })).ticks, path)).rejects.toMatchObject({
    code: "data/source-broken",
  });
  await expect(downloadTicks((await local({ symbol: "NOSUCH" })).ticks, path)).rejects.toThrow(
    /NOSUCH.* has nothing to give/,
  );
  expect(readdirSync(folder)).not.toContain("refused.csv");
});
