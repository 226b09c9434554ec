import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, test } from "vitest";
import type { LocalAnswer, LocalServer } from "#data/local-server.fixture.ts";
import { localServer } from "#data/local-server.fixture.ts";
import { openBarStore } from "#storage/bar-store.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ploutos-download-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hourMs = 3_600_000;
const start = Date.parse("2024-03-04T00:00:00Z");
const pageHours = 48;

let server: LocalServer;
afterEach(() => server.close());

/** Two days of hours a page, six days in all; the token is the hour to go on with. */
function bars(url: URL): string {
  const symbol = url.searchParams.get("symbols")!;
  const end = Date.parse(url.searchParams.get("end")!);
  const from = Number(
    url.searchParams.get("page_token") ?? (Date.parse(url.searchParams.get("start")!) - start) / hourMs,
  );
  const first = Math.ceil(from);
  const hours = Array.from({ length: pageHours }, (_, i) => first + i).filter(
    (i) => i < 144 && start + i * hourMs <= end,
  );
  const sent = hours.map((i) => {
    const t = new Date(start + i * hourMs).toISOString();
    const c = 100 + Math.sin(i) + (symbol === "B" ? 7 : 0);
    return { t, o: c, h: c + 1, l: c - 1, c: c + 0.5, v: 10 + i };
  });
  const next = hours.length === pageHours && first + pageHours < 144 ? `${first + pageHours}` : null;
  return JSON.stringify({ bars: { [symbol]: sent }, next_page_token: next });
}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const keys = { APCA_API_KEY_ID: "KEYID", APCA_API_SECRET_KEY: "TOPSECRET" };

/** Runs the program beside the server; `onRequest` may stop it. */
async function ploutos(
  args: readonly string[],
  faults: Readonly<Record<number, LocalAnswer>> = {},
  environment: Readonly<Record<string, string>> = keys,
  interruptAt = Infinity,
): Promise<Outcome> {
  let child: ReturnType<typeof spawn> | undefined;
  server = await localServer((url, number) => {
    if (number === interruptAt) {
      child?.kill("SIGINT");
      return "never";
    }
    return faults[number] ?? { body: bars(url) };
  });
  const { APCA_API_KEY_ID: _, APCA_API_SECRET_KEY: __, ...rest } = process.env;
  const env = { ...rest, APCA_API_DATA_URL: server.url, ...environment };
  const started = spawn(process.execPath, [main, "data", "download", ...args], { cwd: folder, env });
  child = started;
  let [stdout, stderr] = ["", ""];
  started.stdout.on("data", (chunk) => (stdout += String(chunk)));
  started.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const status = await new Promise<number | null>((resolve) => {
    started.on("close", resolve);
  });
  expect(stdout + stderr, "keys are never printed").not.toMatch(/KEYID|TOPSECRET/);
  return { status, stdout, stderr };
}

const order = (market: string, symbols = "A,B"): string[] => [
  "alpaca",
  "--symbols",
  symbols,
  "--timeframe",
  "1h",
  "--from",
  "2024-03-04",
  "--until",
  "2024-03-09",
  "--market",
  market,
];

test("downloads a market, whole, and keeps no leftovers", async () => {
  const { status, stdout, stderr } = await ploutos([...order("whole"), "--json"]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ name: "whole", timeframe: "1h", firstTime: start });
  const [{ source }] = (JSON.parse(stdout) as { series: { source: unknown }[] }).series;
  expect(source).toMatchObject({ file: "alpaca/sip/all", timeZone: "UTC", adjustment: "all", checks: {} });
  const { instruments, bars: stored, openTime } = await openBarStore(join(folder, ".ploutos/markets")).load("whole");
  expect(instruments.map(({ symbol }) => symbol)).toEqual(["A", "B"]);
  expect([...openTime]).toEqual(Array.from({ length: 144 }, (_, i) => start + i * hourMs));
  expect(stored[1].close[5]).toBe(107.5 + Math.sin(5));
  expect(server.requests).toHaveLength(6);
  expect(existsSync(join(folder, ".ploutos/markets/.downloads/whole"))).toBe(false);
});

test("goes on after Ctrl-C, and no page that came is asked for twice", async () => {
  const first = await ploutos(order("resumed"), {}, keys, 4);
  expect(first.stderr).toBe("");
  expect(first.status).toBe(130);
  expect(first.stdout).toContain("the same command goes on from there");
  const { requests } = server;
  await server.close();
  const second = await ploutos(order("resumed"));
  expect(second.status).toBe(0);
  expect(second.stdout).toMatch(/A .*144.*144/);
  expect(second.stdout).toMatch(/B .*144.*48/);
  expect(requests).toHaveLength(5);
  // All of A, and the first page of B, had come: what remains is B from its third day on, in two pages.
  const asked = server.requests.map(({ searchParams }) => [searchParams.get("symbols"), searchParams.get("start")]);
  expect(asked.filter(([symbol]) => symbol === "A")).toEqual([]);
  expect(asked).toEqual([
    ["B", "2024-03-05T23:00:00.001Z"],
    ["B", "2024-03-05T23:00:00.001Z"],
  ]);
  expect((await openBarStore(join(folder, ".ploutos/markets")).load("resumed")).openTime).toHaveLength(144);
});

test("tells that it waits, and why", async () => {
  const busy = { status: 429, headers: { "retry-after": "1" }, body: '{"message":"rate limit exceeded"}' };
  const { status, stderr } = await ploutos(order("busy", "A"), { 1: busy });
  expect(status).toBe(0);
  expect(stderr).toContain("alpaca: trying again in 1 s (rate limit exceeded)");
});

test("leaves the market that is there when a download fails", async () => {
  expect(await ploutos(order("kept", "A"))).toMatchObject({ status: 0, stderr: "" });
  await server.close();
  const { status, stderr } = await ploutos(order("kept", "A,B"), { 4: { status: 422, body: '{"message":"no"}' } });
  expect(status).toBe(1);
  expect(stderr).toContain("alpaca answered 422: no");
  expect((await openBarStore(join(folder, ".ploutos/markets")).load("kept")).instruments).toHaveLength(1);
});

test.each<[what: string, args: string[], environment: Record<string, string>, message: RegExp]>([
  ["no keys", order("x"), {}, /needs APCA_API_KEY_ID and APCA_API_SECRET_KEY, not set in the environment/],
  [
    "an unknown source",
    ["yahoo", ...order("x").slice(1)],
    keys,
    /--source is yahoo, and must be one of alpaca, ccxt, synthetic/,
  ],
  ["no exchange", ["ccxt", ...order("x").slice(1)], keys, /ccxt needs --exchange ID/],
  ["an unknown feed", [...order("x"), "--feed", "free"], keys, /--feed is free, and must be one of sip, iex/],
  ["a name that cannot be a market's", order("../x"), keys, /cannot name a market/],
  ["an empty symbol", order("x", "A,,B"), keys, /--symbols is "A,,B", with an empty name/],
  [
    "days in the wrong order",
    [...order("x"), "--until", "2024-01-01"],
    keys,
    /--from 2024-03-04 lies after --until 2024-01-01/,
  ],
])("refuses %s before it asks for anything", async (_, args, environment, message) => {
  const { status, stderr } = await ploutos(args, {}, environment);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(server.requests).toEqual([]);
});

test("refuses keys that Alpaca refuses, and names their variables", async () => {
  const { status, stderr } = await ploutos(order("x"), { 0: { status: 401, body: '{"message":"unauthorized."}' } });
  expect(status).toBe(1);
  expect(stderr).toMatch(/alpaca answered 401 to the keys in APCA_API_KEY_ID and APCA_API_SECRET_KEY/);
  expect(server.requests).toHaveLength(1);
});

test("makes a market of dice, the same for the same seed", async () => {
  const dice = (market: string, seed: string): string[] =>
    `synthetic --symbols S1,S2 --timeframe 1d --from 2000-01-03 --until 2001-12-31 --seed ${seed} --market ${market}`.split(
      " ",
    );
  const hashOf = async (market: string): Promise<string> =>
    (await openBarStore(join(folder, ".ploutos/markets")).summary(market)).dataHash;
  for (const [market, seed] of [
    ["dice", "1"],
    ["again", "1"],
    ["others", "2"],
  ]) {
    expect(await ploutos(dice(market, seed), {}, {})).toMatchObject({ status: 0, stderr: "" });
    if (market !== "others") await server.close();
  }
  expect(await hashOf("again")).toBe(await hashOf("dice"));
  expect(await hashOf("others")).not.toBe(await hashOf("dice"));
});
