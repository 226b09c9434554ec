/** @file Look-ahead labels may teach an agent; the model and every report of it say so, and those of others do not. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ploutos-warm-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command says, which must succeed. */
function ploutos(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return stdout;
}

const text = (path: string): string => readFileSync(join(folder, path), "utf8");

const small = {
  transitions: 2048,
  lanes: 16,
  evaluateEvery: 2048,
  episodeBars: 60,
  ppo: { rolloutSteps: 64, minibatchSize: 256 },
  network: { hidden: [8] },
};
const imitation = { transitions: 2000, epochs: 2 };

beforeAll(() => {
  const [{ openTime, open, high, low, close, volume }] = randomWalk({ bars: 700, volatility: 0.01, seed: 1 }).bars;
  const rows = Array.from(openTime, (time, t) =>
    [new Date(time).toISOString().slice(0, 10), open[t], high[t], low[t], close[t], volume[t]].join(","),
  );
  writeFileSync(join(folder, "walk.csv"), ["date,open,high,low,close,volume", ...rows].join("\n"));
  ploutos("data", "import", "walk.csv", "--market", "walk", "--calendar", "crypto");
});

const note = /Look-ahead labels were used: .* trend-scanning labels .* up to 15 bars ahead/;

test.each([
  { name: "labels", warmStart: { from: "labels", label: "trend-scanning", longestBars: 15, ...imitation }, said: true },
  { name: "a rule", warmStart: { from: "rule", rule: "moving-average-cross", ...imitation }, said: false },
])("backtest and paper of an agent that imitated $name says so: $said", ({ warmStart, said }) => {
  const run = `runs/${warmStart.from}`;
  writeFileSync(join(folder, "settings.json"), JSON.stringify({ ...small, warmStart }));
  ploutos(
    "train",
    "--no-verify",
    "--market",
    "walk",
    "--until",
    "2001-12-31",
    "--config",
    "settings.json",
    "--out",
    run,
  );
  const { trained } = JSON.parse(text(`${run}/model/manifest.json`)) as { trained: { warmStart: object } };
  expect(trained.warmStart).toMatchObject({ from: warmStart.from, agreement: expect.any(Number) as number });
  expect("lookAhead" in trained.warmStart).toBe(said);
  const told = ploutos("backtest", run);
  expect(note.test(told), told).toBe(said);
  const page = /Report: (?<path>\S+)/.exec(told)!.groups!["path"];
  const { lookAhead } = JSON.parse(text(page.replace(".html", ".json"))) as { lookAhead?: string };
  expect(note.test(lookAhead ?? "")).toBe(said);
  const shown = text(page).split('<script type="application/json"')[0];
  expect(note.test(shown.replaceAll(/\s+/g, " "))).toBe(said);
  const traded = ploutos("paper", run, "--replay");
  expect(note.test(traded), traded).toBe(said);
});

test("so does a walk-forward", () => {
  const warmStart = { from: "labels", label: "trend-scanning", longestBars: 15, ...imitation };
  writeFileSync(join(folder, "settings.json"), JSON.stringify({ ...small, warmStart }));
  const lengths = ["--train-bars", "200", "--validation-bars", "40", "--test-bars", "150"];
  const told = ploutos(
    "walk-forward",
    "--no-verify",
    "--market",
    "walk",
    "--config",
    "settings.json",
    "--seeds",
    "1",
    ...lengths,
    "--workers",
    "1",
    "--out",
    "runs/wf",
  );
  expect(told).toMatch(note);
  expect((JSON.parse(text("runs/wf/report.json")) as { lookAhead: string }).lookAhead).toMatch(note);
});
