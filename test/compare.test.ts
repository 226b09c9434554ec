import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-compare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ploutos(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [resolve("bin/ploutos.js"), ...args], { cwd: folder, encoding: "utf8" });
}

function json(...args: string[]): Record<string, never> {
  const { status, stdout, stderr } = ploutos(...args, "--json");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, never>;
}

const quick = [
  "transitions=2048",
  "lanes=16",
  "evaluateEvery=1024",
  "ppo.rolloutSteps=64",
  "ppo.minibatchSize=256",
  "network.hidden=[8]",
].flatMap((setting) => ["--set", setting]);
const folds = ["--seeds", "1,2", "--train-bars", "300", "--test-bars", "200", "--workers", "2"];

beforeAll(() => {
  mkdirSync(join(folder, "prices"));
  const { bars } = randomWalk({ bars: 800, volatility: 0.01, seed: 2 });
  const [{ openTime, open, high, low, close, volume }] = bars;
  const rows = Array.from(openTime, (time, t) =>
    [new Date(time).toISOString().slice(0, 10), open[t], high[t], low[t], close[t], volume[t]].join(","),
  );
  writeFileSync(join(folder, "prices", "X.csv"), ["date,open,high,low,close,volume", ...rows].join("\n"));
  json("data", "import", join("prices", "X.csv"), "--market", "walk");
});

test("trains what is named, keeps it, and says by an interval whether one is better", () => {
  writeFileSync(join(folder, "short.json"), JSON.stringify({ levels: [0, 1] }));
  const told = json("compare", "ppo", "short.json", "--market", "walk", "--out", "runs/both", ...folds, ...quick);
  const { lower, upper, estimate } = told["difference"] as { lower: number; upper: number; estimate: number };
  expect(lower).toBeLessThanOrEqual(estimate);
  expect(estimate).toBeLessThanOrEqual(upper);
  expect(Object.keys(told["sharpe"])).toEqual(["A (ppo)", "B (short.json)"]);
  expect(told["runs"]).toEqual({ "A (ppo)": 2, "B (short.json)": 2 });

  const again = json("compare", "runs/both/b", "runs/both/a", "--out", "runs/again");
  expect((again["difference"] as { estimate: number }).estimate).toBeCloseTo(-estimate, 12);

  const other = ["--market", "walk", "--out", "runs/other", "--workers", "2", ...quick];
  json("walk-forward", ...other, "--seeds", "1", "--train-bars", "300", "--test-bars", "200");
  const refused = ploutos("compare", "runs/both/a", "runs/other");
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/same bars with the same seeds/);
  expect(refused.stderr).toMatch(/1,2 and 1/);
});
