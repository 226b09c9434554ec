import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fixedClock } from "#base/clock.ts";
import { randomWalk } from "#data/synthetic.ts";
import { loadModel } from "#storage/model-store.ts";
import { readRun } from "./run-folder.ts";
import type { RunConfig, TrainRunOptions } from "./run.ts";
import { runConfigSchema, trainRun } from "./run.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-run-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const walk = randomWalk({ bars: 700, volatility: 0.01, seed: 3 });
const config: RunConfig = runConfigSchema.parse({
  market: "walk",
  experiment: {
    seed: 5,
    transitions: 8192,
    evaluateEvery: 2048,
    lanes: 16,
    episodeBars: 60,
    ppo: { rolloutSteps: 32, minibatchSize: 256, hidden: [16] },
  },
});

const options = (name: string, more: Partial<TrainRunOptions> = {}): TrainRunOptions => ({
  path: join(root, name),
  universe: walk,
  config,
  resume: false,
  clock: fixedClock(1_700_000_000_000),
  ...more,
});

const bytes = (name: string, file: string): Buffer => readFileSync(join(root, name, file));

/** Trains until `stopAt` transitions, as Ctrl-C would end it. */
async function interrupted(name: string, stopAt: number): Promise<void> {
  const stop = new AbortController();
  const run = await trainRun(
    options(name, { signal: stop.signal, onProgress: (done) => void (done >= stopAt && stop.abort()) }),
  );
  expect(run.interrupted).toBe(true);
  expect(run.model).toBeUndefined();
}

test("gives the same model and metrics whether it was interrupted or not", async () => {
  const whole = await trainRun(options("whole"));
  expect(whole.interrupted).toBe(false);
  for (const stopAt of [512, 4096, 7680]) {
    const name = `cut-${stopAt}`;
    await interrupted(name, stopAt);
    await trainRun(options(name, { resume: true }));
    expect(bytes(name, "model/policy.onnx").equals(bytes("whole", "model/policy.onnx")), name).toBe(true);
    expect(bytes(name, "metrics.jsonl").equals(bytes("whole", "metrics.jsonl")), name).toBe(true);
  }
});

test("gives another model for another seed", async () => {
  await trainRun(options("seed-5"));
  await trainRun(options("seed-6", { config: { ...config, experiment: { ...config.experiment, seed: 6 } } }));
  expect(bytes("seed-5", "model/policy.onnx").equals(bytes("seed-6", "model/policy.onnx"))).toBe(false);
});

test("stores the seed, the settings, the data's hash and the code's version with the run", async () => {
  await trainRun(options("stored"));
  const { run, config: stored } = await readRun(join(root, "stored"));
  expect(run.seeds).toEqual([5]);
  expect(run.codeVersion).toMatch(/^\d+\.\d+\.\d+/);
  expect(runConfigSchema.parse(stored)).toEqual(config);
  const { manifest } = await loadModel(join(root, "stored", "model"));
  expect(manifest.dataHash).toBe(run.dataHash);
  expect(manifest.scaler.centre).toHaveLength(manifest.features.names.length);
});

test("never looks at bars after the last day to train on", async () => {
  const until = new Date(walk.openTime[500]).toISOString().slice(0, 10);
  const early = { ...config, until };
  await trainRun(options("known", { config: early }));
  const noise = randomWalk({ bars: 700, volatility: 0.2, seed: 99 });
  const bars = walk.bars.map((series, i) => {
    const mixed = (known: Float64Array, other: Float64Array): Float64Array =>
      known.map((value, t) => (t > 500 ? other[t] : value));
    const { open, high, low, close, volume } = noise.bars[i];
    return {
      openTime: series.openTime,
      open: mixed(series.open, open),
      high: mixed(series.high, high),
      low: mixed(series.low, low),
      close: mixed(series.close, close),
      volume: mixed(series.volume, volume),
    };
  });
  await trainRun(options("future-changed", { config: early, universe: { ...walk, bars } }));
  expect(bytes("future-changed", "model/policy.onnx").equals(bytes("known", "model/policy.onnx"))).toBe(true);
});

test("does not overwrite a run, and leaves it as it was", async () => {
  await trainRun(options("kept"));
  const before = bytes("kept", "metrics.jsonl");
  await expect(trainRun(options("kept"))).rejects.toMatchObject({ code: "storage/exists" });
  expect(bytes("kept", "metrics.jsonl").equals(before)).toBe(true);
});

test("refuses to go on with other data, or from half a checkpoint", async () => {
  await interrupted("changed", 2048);
  const other = randomWalk({ bars: 700, volatility: 0.01, seed: 4 });
  await expect(trainRun(options("changed", { resume: true, universe: other }))).rejects.toMatchObject({
    code: "training/data-changed",
  });
  const checkpoint = join(root, "changed", "checkpoint.bin");
  truncateSync(checkpoint, bytes("changed", "checkpoint.bin").length / 2);
  await expect(trainRun(options("changed", { resume: true }))).rejects.toMatchObject({ code: "storage/damaged-file" });
});

test("refuses a model whose file was changed", async () => {
  await trainRun(options("damaged"));
  const file = join(root, "damaged", "model", "policy.onnx");
  const content = readFileSync(file);
  content[content.length >> 1] ^= 1;
  writeFileSync(file, content);
  await expect(loadModel(join(root, "damaged", "model"))).rejects.toMatchObject({ code: "storage/damaged-file" });
});

test("says how many bars are missing when dates leave too few to train on", async () => {
  const until = new Date(walk.openTime[150]).toISOString().slice(0, 10);
  await expect(trainRun(options("short", { config: { ...config, until } }))).rejects.toMatchObject({
    code: "data/not-enough-bars",
  });
});

test("writes what each term of the reward paid into the metrics of every iteration", async () => {
  const shaped = runConfigSchema.parse({
    ...config,
    experiment: { ...config.experiment, transitions: 1024, reward: "alpha" },
  });
  await trainRun(options("terms", { config: shaped }));
  const lines = bytes("terms", "metrics.jsonl").toString().trim().split("\n");
  const rows = lines.map((line) => Object.keys(JSON.parse(line) as Record<string, unknown>).join());
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row).toMatch(/reward\.asymmetric.*reward\.win-rate.*reward\.turnover/u);
});
