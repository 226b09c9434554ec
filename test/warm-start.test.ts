/** @file Look-ahead labels may teach an agent; the model and every report of it say so, and those of others do not. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { program } from "./program.ts";

const { folder, ploutos, json, writeBars, text, stored } = program("warm-start");

/** What a command says, which must succeed. */
function said(...args: readonly string[]): string {
  const { status, stdout, stderr } = ploutos(...args);
  expect(status, stderr).toBe(0);
  return stdout;
}

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
  const [bars] = randomWalk({ bars: 700, volatility: 0.01, seed: 1 }).bars;
  json("data", "import", writeBars("walk.csv", bars), "--market", "walk", "--calendar", "crypto");
});

const note = /Look-ahead labels were used: .* trend-scanning labels .* up to 15 bars ahead/;

test.each([
  {
    name: "labels",
    warmStart: { from: "labels", label: "trend-scanning", longestBars: 15, ...imitation },
    noted: true,
  },
  { name: "a rule", warmStart: { from: "rule", rule: "moving-average-cross", ...imitation }, noted: false },
])("backtest and paper of an agent that imitated $name says so: $noted", ({ warmStart, noted }) => {
  const run = `runs/${warmStart.from}`;
  writeFileSync(join(folder, "settings.json"), JSON.stringify({ ...small, warmStart }));
  said("train", "--no-verify", "--market", "walk", "--until", "2001-12-31", "--config", "settings.json", "--out", run);
  const { trained } = stored<{ trained: { warmStart: object } }>(`${run}/model/manifest.json`);
  expect(trained.warmStart).toMatchObject({ from: warmStart.from, agreement: expect.any(Number) as number });
  expect("lookAhead" in trained.warmStart).toBe(noted);
  const told = said("backtest", run);
  expect(note.test(told), told).toBe(noted);
  const page = /Report: (?<path>\S+)/.exec(told)!.groups!["path"];
  const { lookAhead } = stored<{ lookAhead?: string }>(page.replace(".html", ".json"));
  expect(note.test(lookAhead ?? "")).toBe(noted);
  const shown = text(page).split('<script type="application/json"')[0];
  expect(note.test(shown.replaceAll(/\s+/g, " "))).toBe(noted);
  const traded = said("paper", run, "--replay");
  expect(note.test(traded), traded).toBe(noted);
});

test("so does a walk-forward", () => {
  const warmStart = { from: "labels", label: "trend-scanning", longestBars: 15, ...imitation };
  writeFileSync(join(folder, "settings.json"), JSON.stringify({ ...small, warmStart }));
  const lengths = ["--train-bars", "200", "--validation-bars", "40", "--test-bars", "150"];
  const told = said(
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
  expect(stored<{ lookAhead: string }>("runs/wf/report.json").lookAhead).toMatch(note);
});
