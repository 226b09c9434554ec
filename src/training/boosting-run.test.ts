/** @file A run of boosted trees that is cut off anywhere comes to the bytes of one that was not. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixedClock } from "#base/clock.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { Universe } from "#domain/universe.ts";
import type { BoostRunOptions } from "./boosting-run.ts";
import { boostRun } from "./boosting-run.ts";
import { boostingSettings } from "./boosting-settings.ts";
import type { RunStatus } from "./run-status.ts";
import { askToStop, runStatus } from "./run-status.ts";
import { runConfigSchema } from "./run.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-boosting-run-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Two instruments, so that there is a border between their trees to be cut at. */
const pair = (seed: number): Universe => randomWalk({ bars: 400, volatility: 0.01, seed, instruments: 2 });

const boosting = boostingSettings({ rounds: 40, patience: 15, maxDepth: 3, label: { horizonBars: 5 } });
const config = { ...runConfigSchema.parse({ market: "pair", experiment: { seed: 3 } }), boosting };

const options = (name: string, more: Partial<BoostRunOptions> = {}): BoostRunOptions => ({
  path: join(root, name),
  universe: pair(1),
  config,
  resume: false,
  clock: fixedClock(1_700_000_000_000),
  threads: 1,
  ...more,
});

/** Everything that a run came to: its model with the trees as XGBoost's, and what was logged. */
function kept(name: string): Readonly<Record<string, Buffer>> {
  const files = ["metrics.jsonl", ...readdirSync(join(root, name, "model")).map((file) => join("model", file))];
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(root, name, file))]));
}

let rounds: number;
let whole: ReturnType<typeof kept>;

beforeAll(async () => {
  const run = await boostRun(options("whole"));
  ({ rounds } = run);
  whole = kept("whole");
  expect(run).toMatchObject({ interrupted: false, alreadyFinished: false });
  expect(Object.keys(whole)).toHaveLength(5);
  expect(rounds, "both stop early or late, after checkpoints").toBeGreaterThan(32);
});

/** What came of it when Ctrl-C was pressed after each of so many rounds, on other threads each time. */
test("interrupted again and again, it ends in the same bytes", async () => {
  const stops = [1, 17, 26, rounds - 1];
  for (const [at, stopAt] of stops.entries()) {
    const stop = new AbortController();
    const onProgress = (done: number): void => void (done >= stopAt && stop.abort());
    const run = await boostRun(
      options("cut", { resume: at > 0, threads: at === 1 ? 2 : 1, signal: stop.signal, onProgress }),
    );
    expect(run).toMatchObject({ interrupted: true, rounds: stopAt });
    expect(run.model).toBeUndefined();
  }
  expect((await boostRun(options("cut", { resume: true }))).rounds).toBe(rounds);
  expect(kept("cut")).toEqual(whole);
});

test.each<[string, () => number]>([
  ["a few rounds, before its first checkpoint", () => 3],
  ["a checkpoint", () => 33],
  ["all its rounds, and before its model", () => rounds],
])("killed after %s, with lines that no checkpoint counts on, it ends in the same bytes", async (_, when) => {
  const killed = new Error("killed");
  const name = `killed-${when()}`;
  const onProgress = (done: number): void => {
    if (done >= when()) throw killed;
  };
  await expect(boostRun(options(name, { onProgress }))).rejects.toBe(killed);
  await boostRun(options(name, { resume: true }));
  expect(kept(name)).toEqual(whole);
});

test("asked to stop from outside it says how it is doing, stops with a checkpoint, and goes on to the same bytes", async () => {
  const path = join(root, "asked");
  const seen: Promise<RunStatus>[] = [];
  const asked: Promise<void>[] = [];
  const run = await boostRun(
    options("asked", {
      onProgress(done) {
        if (done === 5) asked.push(askToStop(path));
        if (done === 5) seen.push(runStatus(path));
      },
    }),
  );
  await Promise.all(asked);
  const told = { agent: "boosting", market: "pair", begunBy: "boost", counts: "rounds", of: 80, alarms: [] };
  expect((await Promise.all(seen))[0]).toMatchObject({ state: "running", pid: process.pid, ...told });
  expect(run).toMatchObject({ interrupted: true, stopAsked: true });
  expect(run.rounds).toBeLessThan(rounds);
  const stopped = { state: "stopped", transitions: run.rounds, checkpoint: run.rounds, stopAsked: false };
  expect(await runStatus(path)).toMatchObject({ ...told, ...stopped, metrics: { step: run.rounds } });

  await boostRun(options("asked", { resume: true }));
  expect(kept("asked")).toEqual(whole);
  expect(await runStatus(path)).toMatchObject({ state: "finished", transitions: rounds, stoppedEarly: rounds < 80 });
});

test("one that breaks down is failed and says why", async () => {
  const onProgress = (): void => {
    throw new Error("out of luck");
  };
  await expect(boostRun(options("broken", { onProgress }))).rejects.toThrow("out of luck");
  expect(await runStatus(join(root, "broken"))).toMatchObject({ state: "failed", message: "out of luck" });
  await expect(askToStop(join(root, "broken"))).rejects.toMatchObject({ code: "training/not-running" });
});

test("one that was finished is left as it was", async () => {
  const run = await boostRun(options("whole", { resume: true }));
  expect(run).toMatchObject({ alreadyFinished: true, interrupted: false, rounds });
  expect(run.instruments).toHaveLength(2);
  expect(kept("whole")).toEqual(whole);
});

test("goes on with the configuration and the bars that it began with, and with no others", async () => {
  const other = { ...config, boosting: { ...boosting, rounds: 41 } };
  await expect(boostRun(options("whole", { resume: true, config: other }))).rejects.toThrow(
    /configuration it began with.*boosting\.rounds is 41, and the run began with 40/,
  );
  await expect(boostRun(options("whole", { resume: true, universe: pair(9) }))).rejects.toMatchObject({
    code: "training/data-changed",
  });
  expect(kept("whole")).toEqual(whole);
});
