import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fixedClock } from "#base/clock.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { Universe } from "#domain/universe.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import type { SignalDecision } from "#policy/policy.ts";
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
    ppo: { rolloutSteps: 32, minibatchSize: 256 },
    network: { hidden: [16] },
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

/** Learners that remember, with a memory that is full before the end. */
const remembering = {
  dqn: { dqn: { capacity: 1500, learningStarts: 300, nSteps: 3, priorityExponent: 0.6, dueling: true } },
  sac: { actions: "weights", sac: { capacity: 1500, learningStarts: 300 } },
  "discrete-sac": {
    "discrete-sac": { capacity: 1500, learningStarts: 300, minibatchSize: 128, updatesPerTransition: 1 / 60 },
  },
};

test.each(Object.entries(remembering))(
  "trains %s to the same model and metrics whether it was interrupted or not, memory and all",
  async (agent, own) => {
    const { seed, lanes, episodeBars, network } = config.experiment;
    const parsed = runConfigSchema.parse({
      market: "walk",
      experiment: {
        agent,
        seed,
        lanes,
        episodeBars,
        network,
        transitions: 4096,
        evaluateEvery: 2048,
        ...own,
      },
    });
    await trainRun(options(agent, { config: parsed }));
    for (const stopAt of [256, 2304]) {
      const name = `${agent}-cut-${stopAt}`;
      const stop = new AbortController();
      const onProgress = (done: number): void => void (done >= stopAt && stop.abort());
      expect((await trainRun(options(name, { config: parsed, signal: stop.signal, onProgress }))).interrupted).toBe(
        true,
      );
      await trainRun(options(name, { config: parsed, resume: true }));
      for (const file of ["model/policy.onnx", "metrics.jsonl"]) {
        expect(bytes(name, file).equals(bytes(agent, file)), `${name} ${file}`).toBe(true);
      }
    }
  },
);

test("trains signals with a plan of all parts, whether it was interrupted or not", async () => {
  const plan = {
    stopAtr: 2,
    petitPoucet: {},
    breakEven: {},
    trailingStop: {},
    giveBack: {},
    timeStop: { bars: 40 },
    hedging: {},
  };
  const { experiment } = config;
  const signals = runConfigSchema.parse({ ...config, experiment: { ...experiment, actions: "gemini-6", plan } });
  await trainRun(options("signals", { config: signals }));
  const stop = new AbortController();
  const cut = {
    config: signals,
    signal: stop.signal,
    onProgress: (done: number) => void (done >= 4096 && stop.abort()),
  };
  expect((await trainRun(options("signals-cut", cut))).interrupted).toBe(true);
  await trainRun(options("signals-cut", { config: signals, resume: true }));
  expect(bytes("signals-cut", "metrics.jsonl").equals(bytes("signals", "metrics.jsonl"))).toBe(true);
  const { manifest } = await loadModel(join(root, "signals", "model"));
  expect(manifest.actionSpace.name).toBe("gemini-6");
  // Two numbers and the drawdown of an account; seven of a position, and those of its parts.
  expect(manifest.observation.accountSize).toBe(3 + 7 + 2 + 0 + 1 + 0 + 1 + 2);
});

test("pays a normalised reward alike before and after an interruption, and says by what it was divided", async () => {
  const shaped = { config: runConfigSchema.parse({ ...config, experiment: { ...config.experiment, reward: "v6" } }) };
  await trainRun(options("shaped", shaped));
  const cutAt = async (name: string): Promise<void> => {
    const stop = new AbortController();
    const onProgress = (done: number): void => void (done >= 4096 && stop.abort());
    expect((await trainRun(options(name, { ...shaped, signal: stop.signal, onProgress }))).interrupted).toBe(true);
  };
  await cutAt("shaped-cut");
  await trainRun(options("shaped-cut", { ...shaped, resume: true }));
  expect(bytes("shaped-cut", "model/policy.onnx").equals(bytes("shaped", "model/policy.onnx"))).toBe(true);
  expect(bytes("shaped-cut", "metrics.jsonl").equals(bytes("shaped", "metrics.jsonl"))).toBe(true);
  const { run } = await readRun(join(root, "shaped"));
  expect(Object.keys(run.rewardDeviations!)).toHaveLength(5);
  expect((await loadModel(join(root, "shaped", "model"))).manifest.rewardDeviations).toEqual(run.rewardDeviations);

  await cutAt("shaped-stored");
  const file = join(root, "shaped-stored", "run.json");
  const halved = Object.fromEntries(Object.entries(run.rewardDeviations!).map(([name, value]) => [name, value / 2]));
  writeFileSync(file, JSON.stringify({ ...run, rewardDeviations: halved }));
  const resumed = await trainRun(options("shaped-stored", { ...shaped, resume: true }));
  expect(resumed.rewardDeviations, "what was stored counts").toEqual(halved);
  expect(bytes("shaped-stored", "metrics.jsonl").equals(bytes("shaped", "metrics.jsonl"))).toBe(false);
});

test("stops early where it is told to, interrupted or not, and never before", async () => {
  const early = { patience: 2048, minimum: 4096, improvement: 1 };
  const stopping = runConfigSchema.parse({ ...config, experiment: { ...config.experiment, earlyStopping: early } });
  const run = await trainRun(options("early", { config: stopping }));
  expect(run).toMatchObject({ stoppedEarly: true, interrupted: false, transitions: 4096 });
  const stop = new AbortController();
  const cut = { signal: stop.signal, onProgress: (done: number) => void (done >= 2560 && stop.abort()) };
  await trainRun(options("early-cut", { config: stopping, ...cut }));
  await trainRun(options("early-cut", { config: stopping, resume: true }));
  for (const file of ["metrics.jsonl", "model/policy.onnx"]) {
    expect(bytes("early-cut", file).equals(bytes("early", file)), file).toBe(true);
  }
  const again = await trainRun(options("early", { config: stopping, resume: true }));
  expect(again).toMatchObject({ alreadyFinished: true, stoppedEarly: true, transitions: 4096 });
});

test("a training that breaks down says what broke, when, and where its last good state is", async () => {
  const { experiment } = config;
  const wild = { ...config, experiment: { ...experiment, ppo: { ...experiment.ppo!, learningRate: 1e30 } } };
  const broken = trainRun(options("wild", { config: wild }));
  await expect(broken).rejects.toMatchObject({ code: "training/not-finite" });
  await expect(broken).rejects.toThrow(/ is NaN.* in update \d+, after 512 transitions; there is no checkpoint yet/);
});

test("a training that breaks down later names the last good checkpoint, from which it could go on", async () => {
  // A step size that is far too large from the second stage on.
  const { transitions: _, ...rest } = config.experiment;
  const stages = [{ transitions: 2048 }, { transitions: 4096, learningRate: 1e30 }];
  const wild = runConfigSchema.parse({ ...config, experiment: { ...rest, stages } });
  await expect(trainRun(options("wild-later", { config: wild }))).rejects.toThrow(
    /\w+ is NaN.* in update \d+, after 512 transitions of stage 2; the last good checkpoint, in .*wild-later, is of 2048\./,
  );
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
  await trainRun(options("future-changed", { config: early, universe: noisyAfter(walk, 500) }));
  expect(bytes("future-changed", "model/policy.onnx").equals(bytes("known", "model/policy.onnx"))).toBe(true);
});

/** The same bars up to index `last`, and noise after it. */
function noisyAfter(given: Universe, last: number): Universe {
  const { timeframe, openTime } = given;
  const noise = randomWalk({ bars: openTime.length, volatility: 0.2, seed: 99, timeframe });
  const bars = given.bars.map((series, i) => {
    const mixed = (known: Float64Array, other: Float64Array): Float64Array =>
      known.map((value, t) => (t > last ? other[t] : value));
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
  return { ...given, bars };
}

test("trains by named days alone: interrupted or not, and whatever comes after its validation", async () => {
  // Hours until 2024-05-20, so that the reference split's validation ends 50 days before the end.
  const bars = 12_500;
  const whole = randomWalk({ bars, volatility: 0.002, seed: 3, timeframe: "1h" });
  const openTime = whole.openTime.map((_, t) => Date.UTC(2024, 4, 20) + (t - bars) * 3_600_000);
  const hourly = { ...whole, openTime, bars: whole.bars.map((series) => ({ ...series, openTime })) };
  const last = openTime.indexOf(Date.UTC(2024, 3, 1)) - 1;
  const reference = runConfigSchema.parse({ ...config, split: "reference", purgeBars: 5, embargoBars: 30 });
  const run = await trainRun(options("reference", { config: reference, universe: hourly }));
  expect(run.parts.train).toEqual({ from: "2023-01-01", until: "2023-12-31", bars: 365 * 24 - 5 });
  expect(run.parts.validation).toEqual({ from: "2024-01-02", until: "2024-03-31", bars: 91 * 24 - 35 });
  expect(run.model?.trained.until).toBe(openTime[last - 5]);
  const stop = new AbortController();
  const given = { config: reference, universe: noisyAfter(hourly, last) };
  const cut = { ...given, signal: stop.signal, onProgress: (done: number) => void (done >= 2048 && stop.abort()) };
  expect((await trainRun(options("reference-cut", cut))).interrupted).toBe(true);
  const stored = runConfigSchema.parse((await readRun(join(root, "reference-cut"))).config);
  expect(stored).toEqual(reference);
  await trainRun(options("reference-cut", { ...given, config: stored, resume: true }));
  expect(bytes("reference-cut", "model/policy.onnx").equals(bytes("reference", "model/policy.onnx"))).toBe(true);
});

test("refuses a named split with other days beside it", () => {
  const asked = { ...config, split: "reference", from: "2020-01-01" };
  expect(runConfigSchema.safeParse(asked).error?.issues).toMatchObject([{ path: ["split"] }]);
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

test("the model says how far its confidence can be believed, and acts with it", async () => {
  const { experiment } = config;
  const signals = runConfigSchema.parse({ ...config, experiment: { ...experiment, actions: "alpha" } });
  await trainRun(options("confidence", { config: signals }));
  const { onnx, manifest } = await loadModel(join(root, "confidence", "model"));
  const { confidence } = manifest;
  expect(confidence?.decisions).toBeGreaterThan(30);
  const counted = confidence!.reliability.reduce((sum, { count }) => sum + count, 0);
  expect(counted).toBe(confidence!.decisions);
  expect(confidence!.method).toBe("isotonic");
  expect(confidence!.mended!.reliability.reduce((sum, { count }) => sum + count, 0)).toBe(confidence!.decisions);
  const words = ["HOLD", "BUY", "SELL", "CLOSE"];
  const policy = await networkPolicy("net", onnx, { words }, 1, confidence!.calibration);
  const decision = await policy.act({
    bars: [],
    market: new Float32Array(manifest.features.names.length),
    account: new Float32Array(manifest.observation.accountSize),
    legal: Uint8Array.of(1, 1, 1, 0),
  });
  await policy.dispose();
  const { right } = confidence!.calibration;
  const [sure] = (decision as SignalDecision).confidence!;
  expect(sure).toBeGreaterThanOrEqual(Math.min(...right));
  expect(sure).toBeLessThanOrEqual(Math.max(...right));
});
