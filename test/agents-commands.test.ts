/** @file Soft actor-critic on the command line: real actions and choices go the whole road from `train` to `paper`. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ploutos-agents-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ploutos(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
}

function json<Result>(...args: readonly string[]): Result {
  const { status, stdout, stderr } = ploutos(...args, "--json");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Result;
}

const stored = <Content>(path: string): Content => JSON.parse(readFileSync(join(folder, path), "utf8")) as Content;

const set = (settings: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value as string}`]);

const common = { transitions: 2048, lanes: 16, evaluateEvery: 1024, "network.hidden": "[16]" };

function quick(agent: string, own: Readonly<Record<string, unknown>> = {}): string[] {
  const few = { rolloutSteps: 8, updatesPerTransition: 0.05, learningStarts: 256, minibatchSize: 64, ...own };
  const named = Object.fromEntries(Object.entries(few).map(([name, value]) => [`${agent}.${name}`, value]));
  return ["--agent", agent, ...set({ ...common, ...named })];
}

beforeAll(() => {
  const { bars, instruments } = randomWalk({ bars: 700, volatility: 0.01, seed: 1, instruments: 2 });
  const files = bars.map(({ openTime, open, high, low, close }, i) => {
    const rows = Array.from(openTime, (time, t) =>
      [new Date(time).toISOString().slice(0, 10), open[t], high[t], low[t], close[t], 1000].join(","),
    );
    const name = `${instruments[i].symbol}.csv`;
    writeFileSync(join(folder, name), ["date,open,high,low,close,volume", ...rows].join("\n"));
    return name;
  });
  json("data", "import", ...files, "--market", "pair");
});

interface Judged {
  readonly contenders: readonly { readonly role: string; readonly finalEquity: number }[];
}

test.each([
  { agent: "sac", actions: "weights", space: { name: "weights", levels: [], heads: 0, reals: 2 } },
  { agent: "sac", actions: "weights-long", space: { name: "weights-long", levels: [], heads: 0, reals: 3 } },
  { agent: "discrete-sac", actions: "levels", space: { name: "levels", levels: [-1, 0, 1], heads: 2 } },
])("$agent trains in $actions, its model says so, and paper equals the backtest", ({ agent, actions, space }) => {
  const out = `runs/${agent}-${actions}`;
  const settings = [...quick(agent), ...set({ actions })];
  json("train", "--no-verify", "--market", "pair", "--until", "2001-03-31", "--out", out, ...settings);
  expect(stored(`${out}/model/manifest.json`)).toMatchObject({ agent, actionSpace: space });
  const { contenders } = json<Judged>("backtest", out, "--from", "2001-04-01");
  const paper = json<{ finalEquity: number; fills: number }>("paper", out, "--replay", "--from", "2001-04-01");
  const { finalEquity } = contenders.find(({ role }) => role === "agent")!;
  expect(paper.finalEquity, "bit for bit").toBe(finalEquity);
  expect(paper.fills).toBeGreaterThan(0);
  expect(json("train", "--no-verify", "--resume", "--out", out, "--market", "pair")).toMatchObject({
    alreadyFinished: true,
  });
});

test("walk-forward trades real weights, and names the agent", () => {
  const lengths = ["--train-bars", "300", "--validation-bars", "60", "--test-bars", "120", "--seeds", "1"];
  const settings = [...quick("sac"), ...set({ actions: "weights-long" })];
  const judged = json<Judged>(
    "walk-forward",
    "--no-verify",
    "--market",
    "pair",
    ...lengths,
    "--out",
    "runs/walked",
    ...settings,
  );
  const { finalEquity } = judged.contenders.find(({ role }) => role === "agent")!;
  expect(finalEquity).toBeGreaterThan(0);
  expect(finalEquity, "it trades").not.toBe(100_000);
});
