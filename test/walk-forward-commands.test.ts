/** @file `walk-forward` as a user meets it: folds that have a name, gaps, folds that begin with the one before, kills and resumes. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { main, program } from "./program.ts";

const { folder, ploutos, writeBars } = program("folds");

const settings = ["lanes=16", "evaluateEvery=1024", "ppo.rolloutSteps=64", "network.hidden=[8]"];
const lengths = ["--train-bars", "250", "--validation-bars", "60", "--test-bars", "100"];
const quick = [
  "--market",
  "walk",
  "--transitions",
  "1024",
  "--seeds",
  "1,2",
  ...settings.flatMap((each) => ["--set", each]),
];

function walkForward(out: string, ...args: readonly string[]) {
  return ploutos("walk-forward", "--no-verify", ...quick, "--out", out, ...args, "--json");
}

function refusal(out: string, ...args: readonly string[]): string {
  const { status, stderr } = walkForward(out, ...args);
  expect(status).toBe(1);
  return stderr;
}

function equity(out: string): string {
  return readFileSync(join(folder, out, "equity.json"), "utf8");
}

function models(out: string): string[] {
  const at = join(folder, out, "folds");
  return existsSync(at) ? readdirSync(at).filter((name) => name.endsWith(".model")) : [];
}

beforeAll(() => {
  const [bars] = randomWalk({ bars: 800, volatility: 0.01, seed: 1, drift: 0.0005 }).bars;
  const file = writeBars("prices/walk.csv", bars);
  expect(ploutos("data", "import", file, "--market", "walk", "--calendar", "us-equities").stderr).toBe("");
  const whole = walkForward("runs/whole", ...lengths, "--workers", "2");
  expect(whole.status, whole.stderr).toBe(0);
});

test("one that was killed goes on with what it had, to the same bytes", async () => {
  const all = models("runs/whole").length;
  expect(all).toBeGreaterThanOrEqual(4);

  const begun = spawn(
    process.execPath,
    [main, "walk-forward", "--no-verify", ...quick, ...lengths, "--out", "runs/cut", "--workers", "1"],
    {
      cwd: folder,
      stdio: "ignore",
    },
  );
  const ended = new Promise((resolve) => begun.once("exit", resolve));
  while (models("runs/cut").length < 1 && begun.exitCode === null) await wait(5);
  begun.kill("SIGKILL");
  await ended;
  const kept = models("runs/cut");
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(all);
  expect(existsSync(join(folder, "runs/cut/equity.json"))).toBe(false);
  const [first] = kept;
  const before = statSync(join(folder, "runs/cut/folds", first)).mtimeMs;

  expect(refusal("runs/cut", ...lengths)).toMatch(/holds trained models; go on with --resume/);
  expect(refusal("runs/cut", ...lengths, "--resume", "--set", "ppo.learningRate=0.01")).toMatch(
    /other bars, folds or settings/,
  );
  expect(refusal("runs/cut", "--folds", "252-63", "--resume")).toMatch(/other bars, folds or settings/);
  expect(refusal("runs/none", ...lengths, "--resume")).toMatch(/holds no trained models to go on from/);

  const resumed = walkForward("runs/cut", ...lengths, "--resume");
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(equity("runs/cut")).toBe(equity("runs/whole"));
  expect(statSync(join(folder, "runs/cut/folds", first)).mtimeMs, "what was trained is not trained again").toBe(before);

  writeFileSync(join(folder, "runs/cut/folds", first), "cut off");
  expect(refusal("runs/cut", ...lengths, "--resume")).toMatch(/is cut off or was changed; remove it/);
});

test("folds that begin with the one before give the same with any number of workers, and not what scratch gives", () => {
  for (const workers of ["1", "2"]) {
    const done = walkForward(`runs/warm-${workers}`, ...lengths, "--warm-folds", "--workers", workers);
    expect(done.status, done.stderr).toBe(0);
  }
  expect(equity("runs/warm-1")).toBe(equity("runs/warm-2"));
  expect(equity("runs/warm-1")).not.toBe(equity("runs/whole"));
});

test("folds that have a name say all lengths, and a gap is never shorter than lookback and horizon", () => {
  const named = walkForward("runs/named", "--folds", "252-63", "--seeds", "1");
  expect(named.status, named.stderr).toBe(0);
  const report = JSON.parse(readFileSync(join(folder, "runs/named/report.json"), "utf8")) as {
    settings: { folds: object };
  };
  expect(report.settings.folds).toEqual({
    by: "bars",
    trainBars: 252,
    validationBars: 63,
    testBars: 63,
    mode: "rolling",
    purgeBars: 1,
    embargoBars: 20,
    warmStarted: false,
  });
  expect(refusal("runs/no", "--folds", "252-63", "--rolling")).toMatch(/says all lengths itself/);
  expect(refusal("runs/no", ...lengths, "--purge-bars", "0", "--embargo-bars", "1")).toMatch(
    /less than the lookback of 1/,
  );
  const wide = refusal("runs/no", ...lengths, "--embargo-bars", "30", "--set", "lookbackBars=40");
  expect(wide).toMatch(/a purge of 1 and an embargo of 30 bars are less than the lookback of 40 and the horizon of 1/);
});
