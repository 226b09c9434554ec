import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fixedClock } from "#base/clock.ts";
import { createRng, restoreRng } from "#base/rng.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { readMetrics } from "./metrics-log.ts";
import type { RunFolder } from "./run-folder.ts";
import { createRunFolder, metricsPath, readRun, resumeRunFolder } from "./run-folder.ts";

const scratch = mkdtempSync(join(tmpdir(), "ploutos-run-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let made = 0;
const place = (): string => join(scratch, `runs-${made++}`, "first");
const clock = fixedClock(1_700_000_000_250);
const asked = { config: { agent: "ppo", levels: [-1, 0, 1] }, seeds: [1, 2], dataHash: "abc" };

/** A training of random numbers: whatever it records depends on nothing but its seed and its step. */
async function train(
  folder: RunFolder,
  from: { step: number; state: Checkpoint } | undefined,
  until: number,
): Promise<void> {
  const state = from?.state["rng"];
  const rng = state instanceof Uint32Array ? restoreRng(state) : createRng(4);
  for (let step = (from?.step ?? 0) + 1; step <= until; step++) {
    folder.record(step, { loss: rng.normal(), phase: step < 5 ? "early" : "late" });
    if (step % 3 === 0) await folder.saveCheckpoint(step, { rng: rng.state() });
  }
}

test("holds what the run was asked and made with, its metrics and its events", async () => {
  const path = place();
  const folder = await createRunFolder(path, asked, clock);
  await train(folder, undefined, 2);
  folder.close();
  expect(readdirSync(path).sort()).toEqual([
    "config.json",
    "events.out.tfevents.1700000000.ploutos",
    "metrics.jsonl",
    "run.json",
    "run.lock",
  ]);
  const { config, run } = await readRun(path);
  expect(config).toEqual(asked.config);
  expect(run).toMatchObject({ seeds: [1, 2], dataHash: "abc", startedAt: 1_700_000_000_250, resumptions: [] });
  expect(run.nodeVersion).toBe(process.versions.node);
  expect(await readMetrics(metricsPath(path))).toMatchObject([
    { step: 1, phase: "early" },
    { step: 2, phase: "early" },
  ]);
  expect(readFileSync(metricsPath(path), "utf8")).toMatch(/^\{"step":1,"loss":/);
  expect(folder.modelPath).toBe(join(path, "model"));
});

test("ends an interrupted and resumed run with the metrics of an uninterrupted one, wherever it was interrupted", async () => {
  const straight = place();
  const whole = await createRunFolder(straight, asked, clock);
  await train(whole, undefined, 10);
  whole.close();
  const expected = readFileSync(metricsPath(straight), "utf8");
  expect(expected.split("\n").length).toBe(11);

  for (let stop = 0; stop <= 10; stop++) {
    const path = place();
    const interrupted = await createRunFolder(path, asked, clock);
    await train(interrupted, undefined, stop);
    interrupted.close();
    appendFileSync(metricsPath(path), '{"step":99,"lo');
    const { folder, checkpoint } = await resumeRunFolder(path, clock);
    expect(checkpoint?.step).toBe(stop < 3 ? undefined : stop - (stop % 3));
    expect(Object.keys(checkpoint?.state ?? { rng: 0 })).toEqual(["rng"]);
    await train(folder, checkpoint, 10);
    folder.close();
    expect(readFileSync(metricsPath(path), "utf8"), `interrupted after ${stop}`).toBe(expected);
  }
});

test("goes on after the process was killed", async () => {
  const path = place();
  const module = JSON.stringify(new URL("./run-folder.ts", import.meta.url).href);
  const script = `
    const { createRunFolder } = await import(${module});
    const folder = await createRunFolder(${JSON.stringify(path)}, { config: {}, seeds: [1], dataHash: "abc" }, { now: () => 1e12 });
    folder.record(1, { loss: 1 });
    await folder.saveCheckpoint(1, { weights: Float32Array.of(1, 2) });
    folder.record(2, { loss: 2 });
    process.kill(process.pid, "SIGKILL");`;
  const killed = spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  expect(killed.signal, killed.stderr).toBe("SIGKILL");
  expect(await readMetrics(metricsPath(path))).toEqual([
    { step: 1, loss: 1 },
    { step: 2, loss: 2 },
  ]);
  const { folder, checkpoint } = await resumeRunFolder(path, clock);
  folder.close();
  expect(checkpoint).toEqual({ step: 1, state: { weights: Float32Array.of(1, 2) } });
  expect(await readMetrics(metricsPath(path))).toEqual([{ step: 1, loss: 1 }]);
});

test("notes each resumption and what it was made with, and starts a new event file", async () => {
  const path = place();
  const folder = await createRunFolder(path, asked, clock);
  await train(folder, undefined, 4);
  folder.close();
  (await resumeRunFolder(path, fixedClock(1_700_000_009_000))).folder.close();
  const { run } = await readRun(path);
  expect(run.startedAt).toBe(1_700_000_000_250);
  expect(run.resumptions).toEqual([
    {
      codeVersion: run.codeVersion,
      nodeVersion: process.versions.node,
      onnxRuntimeVersion: run.onnxRuntimeVersion,
      resumedAt: 1_700_000_009_000,
      step: 3,
    },
  ]);
  expect(readdirSync(path).filter((name) => name.startsWith("events."))).toEqual([
    "events.out.tfevents.1700000000.ploutos",
    "events.out.tfevents.1700000009.ploutos",
  ]);
});

test("never overwrites what is there, and leaves nothing beside it", async () => {
  const exists = expect.objectContaining({ code: "storage/exists" });
  const path = place();
  (await createRunFolder(path, asked, clock)).close();
  const before = readFileSync(join(path, "run.json"), "utf8");
  await expect(createRunFolder(path, { ...asked, seeds: [9] }, clock)).rejects.toThrow(exists);
  expect(readFileSync(join(path, "run.json"), "utf8")).toBe(before);

  const foreign = place();
  mkdirSync(foreign, { recursive: true });
  writeFileSync(join(foreign, "thesis.txt"), "mine");
  await expect(createRunFolder(foreign, asked, clock)).rejects.toThrow("thesis.txt");
  const file = join(foreign, "thesis.txt");
  await expect(createRunFolder(file, asked, clock)).rejects.toThrow(exists);
  expect(readdirSync(join(foreign, ".."))).toEqual(["first"]);
  expect(readdirSync(foreign)).toEqual(["thesis.txt"]);
});

test("a run that is under way is not resumed by another process, and nothing of it is cut off", async () => {
  const path = place();
  const folder = await createRunFolder(path, asked, clock);
  await train(folder, undefined, 5);
  const before = readFileSync(metricsPath(path), "utf8");
  await expect(resumeRunFolder(path, clock)).rejects.toThrow(
    expect.objectContaining({ code: "training/already-running" }),
  );
  expect(readFileSync(metricsPath(path), "utf8")).toBe(before);
  expect((await readRun(path)).run.resumptions).toEqual([]);
  folder.close();
  (await resumeRunFolder(path, clock)).folder.close();
});

test("gives one of two runs that start at once in an empty folder the place, and refuses the other", async () => {
  const path = place();
  mkdirSync(path, { recursive: true });
  const started = await Promise.allSettled(
    [1, 2].map((seed) => createRunFolder(path, { ...asked, seeds: [seed] }, clock)),
  );
  expect(readdirSync(join(path, ".."))).toEqual(["first"]);
  const winners = started.filter((result) => result.status === "fulfilled");
  for (const { value } of winners) value.close();
  expect(winners.length).toBe(1);
  const [refused] = started.filter((result) => result.status === "rejected");
  expect(refused.reason).toMatchObject({ code: "storage/exists" });
  expect((await readRun(path)).run.seeds).toEqual(winners[0].value.run.seeds);
});

test("refuses to resume what is no run, or a damaged one, and changes nothing in it", async () => {
  await expect(resumeRunFolder(place(), clock)).rejects.toThrow(expect.objectContaining({ code: "storage/not-found" }));
  const path = place();
  const folder = await createRunFolder(path, asked, clock);
  await train(folder, undefined, 7);
  folder.close();
  const damaged = expect.objectContaining({ code: "storage/damaged-file" });
  for (const name of ["run.json", "config.json", "checkpoint.bin", "metrics.jsonl"]) {
    const whole = readFileSync(join(path, name));
    writeFileSync(join(path, name), whole.subarray(0, 20));
    const before = readdirSync(path).map((file) => readFileSync(join(path, file)));
    await expect(resumeRunFolder(path, clock), name).rejects.toThrow(damaged);
    await expect(resumeRunFolder(path, clock), name).rejects.toThrow(join(path, name));
    expect(readdirSync(path).map((file) => readFileSync(join(path, file)))).toEqual(before);
    writeFileSync(join(path, name), whole);
  }
  (await resumeRunFolder(path, clock)).folder.close();
  expect(existsSync(join(path, "checkpoint.bin"))).toBe(true);
});

test("holds its user to steps that do not go back, and to names of its own", async () => {
  const folder = await createRunFolder(place(), asked, clock);
  folder.record(5, { loss: 1 });
  expect(() => folder.record(4, { loss: 1 })).toThrow("steps do not go back");
  expect(() => folder.record(6, { step: 7 })).toThrow("given apart");
  expect(() => folder.record(6, { loss: NaN })).toThrow("metric=loss");
  await expect(folder.saveCheckpoint(5, { "run.step": 1 })).rejects.toThrow("run.step");
  folder.close();
});

test("the folder of a walk-forward is told from one that holds nothing", async () => {
  const walked = join(scratch, "walked");
  mkdirSync(join(walked, "folds"), { recursive: true });
  await expect(readRun(walked)).rejects.toThrow(/what it holds are models of folds/);
  await expect(readRun(join(scratch, "nothing"))).rejects.toThrow(/nothing holds no run\. Check/);
});
