/** @file How runs are told of from outside: under way, stopped, killed, broken down, finished; and how they are asked to stop. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { TrainRunOptions } from "./run.ts";
import { runConfigSchema, trainRun } from "./run.ts";
import type { RunStatus } from "./run-status.ts";
import { askToStop, runStatus } from "./run-status.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-status-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const config = runConfigSchema.parse({
  market: "walk",
  experiment: {
    seed: 5,
    transitions: 16_384,
    evaluateEvery: 8192,
    lanes: 16,
    episodeBars: 60,
    ppo: { rolloutSteps: 32, minibatchSize: 256 },
    network: { hidden: [16] },
  },
});
const universe = randomWalk({ bars: 700, volatility: 0.01, seed: 3 });
const options = (name: string, more: Partial<TrainRunOptions> = {}): TrainRunOptions => ({
  path: join(root, name),
  universe,
  config,
  resume: false,
  clock: systemClock,
  ...more,
});

/** Does something once, after so many transitions, and waits for it before the run goes on. */
function once(after: number, what: () => void): Pick<TrainRunOptions, "onProgress"> {
  let done = false;
  return {
    onProgress(transitions) {
      if (done || transitions < after) return;
      done = true;
      what();
    },
  };
}

test("a run that is asked to stop says so, stops with a checkpoint, and goes on to the bytes of an undisturbed one", async () => {
  const path = join(root, "asked");
  const seen: Promise<RunStatus>[] = [];
  const asked: Promise<void>[] = [];
  const stopped = await trainRun(
    options("asked", {
      onProgress(transitions) {
        if (transitions === 1024) asked.push(askToStop(path));
        if (asked.length > 0) seen.push(runStatus(path));
      },
    }),
  );
  await Promise.all(asked);
  const during = await Promise.all(seen);
  expect(during[0]).toMatchObject({ state: "running", agent: "ppo", market: "walk", of: 16_384, pid: process.pid });
  expect(stopped.interrupted).toBe(true);
  expect(stopped.transitions).toBeLessThan(16_384);
  const after = await runStatus(path);
  expect(after).toMatchObject({ state: "stopped", stopAsked: false, checkpoint: stopped.transitions });
  expect(after.metrics).toMatchObject({ step: stopped.transitions });
  expect(after.best!.transitions).toBe(stopped.validation.transitions);

  await trainRun(options("asked", { resume: true }));
  await trainRun(options("undisturbed"));
  for (const file of ["model/policy.onnx", "metrics.jsonl"]) {
    const [one, other] = ["asked", "undisturbed"].map((name) => readFileSync(join(root, name, file)));
    expect(one.equals(other), file).toBe(true);
  }
  expect(await runStatus(path)).toMatchObject({ state: "finished", transitions: 16_384, alarms: [] });
});

test("a run that breaks down is failed and says why; one whose process is gone is killed, whoever has its number now", async () => {
  const breaking = options(
    "broken",
    once(1024, () => {
      throw new Failure("training/not-finite", "the loss is NaN");
    }),
  );
  await expect(trainRun(breaking)).rejects.toThrow("the loss is NaN");
  const path = join(root, "broken");
  const broken = await runStatus(path);
  expect(broken.state).toBe("failed");
  expect(broken.message).toContain("the loss is NaN");
  await expect(askToStop(path)).rejects.toThrow(/is failed/);

  // As a process leaves it that is killed: its number is that of a process that lives, this one.
  const file = join(path, "status.json");
  const left = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...left, state: "running", message: undefined, pid: process.pid }));
  expect((await runStatus(path)).state).toBe("killed");
  await expect(askToStop(path)).rejects.toThrow(expect.objectContaining({ code: "training/not-running" }));
});

test("what was asked of a process before does not stop the next", async () => {
  const stop = new AbortController();
  await trainRun(options("before", { signal: stop.signal, ...once(1024, () => stop.abort()) }));
  writeFileSync(join(root, "before", "stop"), "");
  expect((await trainRun(options("before", { resume: true }))).interrupted).toBe(false);
});

test("a folder without a run is refused, and so is a status that is damaged", async () => {
  await expect(runStatus(join(root, "nowhere"))).rejects.toThrow(/holds no run/);
  await trainRun(options("damaged"));
  writeFileSync(join(root, "damaged", "status.json"), '{"formatVersion":');
  await expect(runStatus(join(root, "damaged"))).rejects.toThrow(/status\.json is cut off/);
});
