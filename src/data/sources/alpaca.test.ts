import { afterEach, expect, test } from "vitest";
import { fixedClock } from "#base/clock.ts";
import { createRng } from "#base/rng.ts";
import type { LocalAnswer, LocalServer } from "../local-server.fixture.ts";
import { localServer } from "../local-server.fixture.ts";
import type { BarRequest } from "../source.ts";
import { joinedBars } from "../source.ts";
import { allPages, expectSourceContract } from "../source.contract.ts";
import type { AlpacaOptions } from "./alpaca.ts";
import { alpacaKeys, alpacaSource } from "./alpaca.ts";

const hourMs = 3_600_000;
const start = Date.parse("2024-03-04T14:00:00Z");
const now = start + 50.5 * hourMs;

interface WireBar {
  readonly t: string;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly n: number;
  readonly vw: number;
}

const wireBar = (t: number, i: number): WireBar => ({
  t: new Date(t).toISOString().replace(".000Z", "Z"),
  o: 100 + i,
  h: 102.5 + i,
  l: 99.25 + i,
  c: 101 + i,
  v: 1000 + i,
  n: 10,
  vw: 100.5,
});

/** Fifty-one hourly bars of AAPL and coins, the last of them unfinished at `now`. */
const hourly = Array.from({ length: 51 }, (_, i) => wireBar(start + i * hourMs, i));

/** Alpaca's bars as its documents describe them: start and end inclusive, tokens for pages. */
function bars(
  url: URL,
  stored: Readonly<Record<string, readonly WireBar[]>> = { AAPL: hourly, "BTC/USD": hourly },
): string {
  const asked = (name: string): string => url.searchParams.get(name) ?? "";
  const symbol = asked("symbols");
  const inside = (stored[symbol] ?? []).filter(
    ({ t }) => Date.parse(t) >= Date.parse(asked("start")) && Date.parse(t) <= Date.parse(asked("end")),
  );
  const token = asked("page_token");
  const from = token === "" ? 0 : Number(Buffer.from(token, "base64").toString());
  const to = from + Number(asked("limit"));
  const next = to < inside.length ? Buffer.from(`${to}`).toString("base64") : null;
  return JSON.stringify({ bars: { [symbol]: inside.slice(from, to) }, next_page_token: next });
}

const servers: LocalServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));

const request: BarRequest = { symbol: "AAPL", timeframe: "1h", from: start, until: start + 30 * hourMs };

/** A source on a local server that answers request n with `faults[n]`, and with bars otherwise. */
async function local(
  faults: Readonly<Record<number, LocalAnswer>> = {},
  options: Partial<AlpacaOptions> = {},
  answer: (url: URL) => string = bars,
): Promise<{ source: ReturnType<typeof alpacaSource>; server: LocalServer; waits: number[] }> {
  const waits: number[] = [];
  const server = await localServer((url, number) => faults[number] ?? { body: answer(url) });
  servers.push(server);
  const source = alpacaSource({
    keys: { keyId: "KEY", secret: "SECRET" },
    clock: fixedClock(now),
    feed: "sip",
    adjustment: "all",
    dataUrl: server.url,
    pageBars: 8,
    timeoutMs: 2000,
    rng: createRng(1),
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });
  return { source, server, waits };
}

const times = async (source: ReturnType<typeof alpacaSource>, asked = request): Promise<number[]> => [
  ...joinedBars((await allPages(source, asked)).map(({ bars: page }) => page)).openTime,
];

const thirty = Array.from({ length: 30 }, (_, i) => start + i * hourMs);

test("keeps the contract", async () => {
  await expectSourceContract((await local()).source, request);
});

test("follows page tokens through four pages, with feed and adjustment on each", async () => {
  const { source, server: alpaca } = await local();
  const pages = await allPages(source, request);
  expect(pages.map(({ bars: page }) => page.openTime.length)).toEqual([8, 8, 8, 6]);
  const whole = joinedBars(pages.map(({ bars: page }) => page));
  expect([...whole.openTime]).toEqual(thirty);
  const at = (t: number): number[] => [whole.open[t], whole.high[t], whole.low[t], whole.close[t], whole.volume[t]];
  expect(at(17)).toEqual([117, 119.5, 116.25, 118, 1017]);
  expect(alpaca.requests).toHaveLength(4);
  for (const { pathname, searchParams } of alpaca.requests) {
    expect(pathname).toBe("/v2/stocks/bars");
    expect(Object.fromEntries(searchParams)).toMatchObject({
      timeframe: "1Hour",
      feed: "sip",
      adjustment: "all",
      limit: "8",
    });
  }
});

test("sends the keys in the headers that Alpaca reads", async () => {
  let headers: unknown[] = [];
  const asked = await localServer((url, _, { headers: sent }) => {
    headers = [sent["apca-api-key-id"], sent["apca-api-secret-key"]];
    return { body: bars(url) };
  });
  const { source } = await local({}, { dataUrl: asked.url });
  await times(source);
  await asked.close();
  expect(headers).toEqual(["KEY", "SECRET"]);
});

test("asks for pairs of coins where they are, without feed and adjustment", async () => {
  const { source, server: alpaca } = await local();
  expect(await times(source, { ...request, symbol: "BTC/USD" })).toEqual(thirty);
  expect(alpaca.requests[0].pathname).toBe("/v1beta3/crypto/us/bars");
  expect(alpaca.requests[0].searchParams.has("feed")).toBe(false);
});

test("leaves out the bar that is not complete, even where the server sends it", async () => {
  const everything = (): string => JSON.stringify({ bars: { AAPL: hourly }, next_page_token: null });
  const { source } = await local({}, {}, everything);
  const open = { ...request, until: now + 1000 * hourMs };
  const given = await times(source, open);
  expect(given).toHaveLength(50);
  expect(given.at(-1)! + hourMs).toBeLessThanOrEqual(now);
  const [page] = await allPages(source, open);
  expect(page.through, "the unfinished bar is asked for next time").toBeLessThanOrEqual(start + 50 * hourMs);
});

test("opens days at 00:00 UTC of New York's date, and never asks for one twice", async () => {
  const midnights = ["2024-03-07T05:00:00Z", "2024-03-08T05:00:00Z", "2024-03-11T04:00:00Z", "2024-03-12T04:00:00Z"];
  const days = midnights.map((t, i) => wireBar(Date.parse(t), i));
  const { source } = await local({}, { pageBars: 2, clock: fixedClock(Date.parse("2024-03-13T04:00:00Z")) }, (url) =>
    bars(url, { AAPL: days }),
  );
  const asked: BarRequest = {
    symbol: "AAPL",
    timeframe: "1d",
    from: Date.parse("2024-03-07"),
    until: Date.parse("2024-04-01"),
  };
  const given = (await times(source, asked)).map((time) => new Date(time).toISOString().slice(0, 16));
  expect(given).toEqual(["2024-03-07T00:00", "2024-03-08T00:00", "2024-03-11T00:00", "2024-03-12T00:00"]);
  await expectSourceContract(source, asked);
});

test("waits as long as a 429 asks, then goes on with the same page", async () => {
  const busy = {
    status: 429,
    headers: { "retry-after": "3" },
    body: '{"code":42910000,"message":"rate limit exceeded"}',
  };
  const { source, server: alpaca, waits } = await local({ 1: busy });
  expect(await times(source)).toEqual(thirty);
  expect(waits).toEqual([3000]);
  expect(alpaca.requests[2].search).toBe(alpaca.requests[1].search);
});

test.each<[what: string, fault: LocalAnswer]>([
  ["a 503", { status: 503, body: "<html>Service Unavailable</html>" }],
  ["a broken page", { body: '{"bars":{"AAPL":[{"t":"2024-03-04T2' }],
  ["a connection cut amid the body", { cutAfter: '{"bars":{"AAPL":[{"t":"2024-03-04T22:00:00Z","o":1' }],
  ["an answer that never comes", "never"],
])("survives %s without losing or doubling a bar", async (_, fault) => {
  const { source, server: alpaca, waits } = await local({ 1: fault }, { timeoutMs: 150 });
  expect(await times(source)).toEqual(thirty);
  expect(alpaca.requests).toHaveLength(5);
  expect(waits).toHaveLength(1);
});

test("gives up on a server that stays down, saying what it last said", async () => {
  const { source, server: alpaca } = await local({}, {}, () => "<html>");
  await expect(times(source)).rejects.toMatchObject({ code: "data/source-unavailable", retryable: true });
  expect(alpaca.requests).toHaveLength(6);
});

test.each([
  [401, '{"message":"unauthorized."}'],
  [403, '{"message":"forbidden."}'],
])("names the variables of the keys after a %i, without trying again", async (status, body) => {
  const { source, server: alpaca } = await local({ 0: { status, body } });
  const failed: unknown = await times(source).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: "data/bad-credentials", facts: { status } });
  expect(String(failed)).toContain("APCA_API_KEY_ID and APCA_API_SECRET_KEY");
  expect(`${String(failed)} ${JSON.stringify((failed as { facts: unknown }).facts)}`).not.toMatch(/\bKEY\b|\bSECRET\b/);
  expect(alpaca.requests).toHaveLength(1);
});

test("passes on what a subscription does not permit, without trying again", async () => {
  const message = "subscription does not permit querying recent SIP data";
  const { source, server: alpaca } = await local({
    0: { status: 403, body: JSON.stringify({ code: 42210000, message }) },
  });
  const failed: unknown = await times(source).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: "data/source-refused" });
  expect(String(failed)).toContain(`alpaca answered 403: ${message}`);
  expect(alpaca.requests).toHaveLength(1);
});

test("has nothing to give for a symbol that Alpaca does not know", async () => {
  const { source } = await local();
  expect(await times(source, { ...request, symbol: "NOSUCH" })).toEqual([]);
});

test.each<[what: string, body: string]>([
  ["no token", '{"bars":{"AAPL":[]}}'],
  ["bars of another symbol", '{"bars":{"MSFT":[]},"next_page_token":null}'],
  [
    "a price that is no number",
    '{"bars":{"AAPL":[{"t":"2024-03-04T14:00:00Z","o":"1","h":1,"l":1,"c":1,"v":1}]},"next_page_token":null}',
  ],
  ["a time that is none", '{"bars":{"AAPL":[{"t":"noon","o":1,"h":1,"l":1,"c":1,"v":1}]},"next_page_token":null}'],
  [
    "bars out of order",
    JSON.stringify({ bars: { AAPL: [wireBar(start + hourMs, 1), wireBar(start, 0)] }, next_page_token: null }),
  ],
])("refuses %s", async (_, body) => {
  const { source, server: alpaca } = await local({}, {}, () => body);
  await expect(times(source)).rejects.toMatchObject({ code: "data/source-broken" });
  expect(alpaca.requests).toHaveLength(1);
});

test("stops at once when it is told to, also while it waits", async () => {
  const stop = new AbortController();
  const reason = new Error("stopped");
  const { source } = await local({ 1: "never" }, { timeoutMs: 30_000 });
  const pages = source.pages({ ...request, signal: stop.signal });
  await pages.next();
  const waiting = pages.next();
  setTimeout(() => stop.abort(reason), 30);
  await expect(waiting).rejects.toBe(reason);
});

test("takes the keys from the environment and names the one that is missing", () => {
  expect(alpacaKeys({ APCA_API_KEY_ID: "a", APCA_API_SECRET_KEY: "b" })).toEqual({ keyId: "a", secret: "b" });
  expect(() => alpacaKeys({ APCA_API_KEY_ID: "a" })).toThrow(/needs APCA_API_SECRET_KEY,/);
  expect(() => alpacaKeys({ APCA_API_SECRET_KEY: "b" })).toThrow(/needs APCA_API_KEY_ID,/);
  expect(() => alpacaKeys({})).toThrow(/needs APCA_API_KEY_ID and APCA_API_SECRET_KEY,/);
});

test("says that it has no bars of seconds, and asks for none", async () => {
  const { source, server } = await local();
  await expect(source.pages({ ...request, timeframe: "10s" }).next()).rejects.toMatchObject({
    code: "data/no-such-bars",
  });
  expect(server.requests).toHaveLength(0);
});
