import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { LocalServer } from "#data/local-server.fixture.ts";
import { localServer } from "#data/local-server.fixture.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ploutos-ticks-"));

/** Three pages of one quote each; a request for the page `stopAt` interrupts the program and is not answered. */
let server: LocalServer;
let stopAt: string | undefined;
let child: ReturnType<typeof spawn>;
beforeAll(async () => {
  server = await localServer((url) => {
    const token = url.searchParams.get("page_token") ?? "0";
    if (token === stopAt) {
      child.kill("SIGINT");
      return "never";
    }
    const t = `2024-03-04T14:30:0${token}.000000001Z`;
    const quotes = { [url.searchParams.get("symbols")!]: [{ t, bp: 1, bs: 2, ap: 3, as: 4 }] };
    return { body: JSON.stringify({ quotes, next_page_token: token === "2" ? null : `${Number(token) + 1}` }) };
  });
});
beforeEach(() => {
  stopAt = undefined;
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ploutos(line: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    APCA_API_DATA_URL: server.url,
    APCA_API_KEY_ID: "KEYID",
    APCA_API_SECRET_KEY: "TOPSECRET",
  };
  const started = spawn(process.execPath, [main, "data", "download-ticks", ...line.split(" ")], { cwd: folder, env });
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

test("writes one file for each symbol, and goes on after Ctrl-C", async () => {
  const line = "quotes --symbols AAPL,BTC/USD --from 2024-03-04 --until 2024-03-04 --out ticks --json";
  stopAt = "1";
  const stopped = await ploutos(line);
  expect([stopped.status, stopped.stderr]).toEqual([130, ""]);
  expect(JSON.parse(stopped.stdout)).toEqual({ kind: "quotes", interrupted: true, files: [] });
  const first = join(folder, "ticks/AAPL-quotes-2024-03-04-2024-03-04.csv");
  expect(existsSync(first)).toBe(false);
  stopAt = undefined;
  const before = server.requests.length;
  const { status, stdout } = await ploutos(line);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    interrupted: false,
    files: [
      { symbol: "AAPL", rows: 3, keptRows: 1 },
      { symbol: "BTC/USD", rows: 3, keptRows: 0 },
    ],
  });
  expect(server.requests.slice(before)).toHaveLength(5);
  expect(readFileSync(first, "utf8")).toBe(
    [
      "timestamp,bid_price,bid_size,ask_price,ask_size",
      ...[0, 1, 2].map((second) => `2024-03-04T14:30:0${second}.000000001Z,1,2,3,4`),
      "",
    ].join("\n"),
  );
  expect(existsSync(join(folder, "ticks/BTC-USD-quotes-2024-03-04-2024-03-04.csv"))).toBe(true);
});

test.each([
  [
    "candles --symbols A --from 2024-03-04 --until 2024-03-04 --out x",
    /--kind is candles, and must be one of trades, quotes/,
  ],
  ["quotes --symbols A --from 2024-03-05 --until 2024-03-04 --out x", /must be days in order, all of them over/],
  ["quotes --symbols A --from 2024-03-05 --until 2999-01-01 --out x", /must be days in order, all of them over/],
])("refuses %s", async (line, message) => {
  const { status, stderr } = await ploutos(line);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
});
