import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { fixedClock } from "#base/clock.ts";
import { createRng } from "#base/rng.ts";
import { observationWidth } from "#env/space.ts";
import { stepBuffers } from "#env/vector.ts";
import { randomWalk } from "#data/synthetic.ts";
import { createDataset, createFold } from "./dataset.ts";
import { experiment } from "./experiment.ts";
import { runConfigSchema, trainRun } from "./run.ts";
import { activeOf, seenOf } from "./stage.ts";
import { startStages } from "./stages.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-stages-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const walk = randomWalk({ bars: 700, volatility: 0.01, seed: 3, instruments: 3 });
const [one, two] = walk.instruments.map(({ symbol }) => symbol);
const small = {
  seed: 5,
  evaluateEvery: 1024,
  lanes: 16,
  episodeBars: 60,
  ppo: { rolloutSteps: 32, minibatchSize: 256 },
  network: { hidden: [16] },
};
const stages = [
  { transitions: 2048, instruments: [one], lanes: 8, stress: { preset: "noise-20", variants: 1 } },
  { transitions: 1536, instruments: [one, two], learningRate: 1e-4 },
  { transitions: 2048 },
];
const settings = experiment({ ...small, stages });
const dataset = createDataset(walk, settings);
const fold = createFold(dataset, { from: 0, to: 500 }, { from: 520, to: 690 }, settings);

describe("a curriculum", () => {
  test("goes through its stages, each from where the one before did best, with one observation layout", async () => {
    const training = await startStages(dataset, fold, settings);
    const seen: { stage: number; transitions: number; width: number; learningRate: number }[] = [];
    while (!training.done) {
      const metrics = await training.next();
      const { observationSpace } = training.env;
      const { stage, learningRate } = metrics;
      seen.push({ stage, transitions: training.transitions, width: observationSpace.size, learningRate });
    }
    expect(training.transitions).toBe(2048 + 1536 + 2048);
    expect(seen.map(({ stage }) => stage)).toEqual([...Array<number>(8).fill(1), 2, 2, 2, ...Array<number>(4).fill(3)]);
    expect(new Set(seen.map(({ width }) => width)).size).toBe(1);
    for (const { stage, learningRate } of seen) if (stage === 2) expect(learningRate).toBeCloseTo(1e-4, 12);
    expect(training.best.transitions).toBeGreaterThan(2048 + 1536);
    await training.dispose();
  });

  test("ends a stage where its validation is good enough", async () => {
    const easy = experiment({ ...small, stages: stages.map((stage) => ({ ...stage, promoteAt: -1 })) });
    const training = await startStages(dataset, fold, easy);
    const at: number[] = [];
    while (!training.done) at.push((await training.next())["stage"]);
    // Each ends with its first look, after 1,024 transitions.
    expect(at).toEqual([1, 1, 1, 1, 2, 2, 3, 3]);
    await training.dispose();
  });

  test("never trades or sees what a stage leaves out", async () => {
    const active = activeOf(settings.stages![0], walk.instruments);
    const table = seenOf(fold.table, active);
    const block = table.columns / 3;
    for (let row = 400; row < 410; row++) {
      const at = row * table.columns;
      expect(table.values.subarray(at, at + block)).toEqual(fold.table.values.subarray(at, at + block));
      expect(table.values.subarray(at + block, at + table.columns).every((value) => value === 0)).toBe(true);
    }
    const training = await startStages(dataset, fold, settings);
    const { env } = training;
    const buffers = stepBuffers(env.lanes, env.observationSpace, env.actionSpace);
    const actions = new Int32Array(3 * env.lanes);
    const rng = createRng(1);
    env.reset(1, buffers);
    let traded = 0;
    for (let step = 0; step < 200; step++) {
      for (let head = 0; head < actions.length; head++) {
        do actions[head] = rng.integer(3);
        while (buffers.legal[3 * head + actions[head]] === 0);
      }
      env.step(actions, buffers);
      const width = observationWidth(env.observationSpace);
      for (let lane = 0; lane < env.lanes; lane++) {
        // After the row: weight of each position, and its gain.
        const [first, , second, , third] = buffers.observations.subarray(lane * width + 1);
        if (first !== 0) traded++;
        expect([second, third]).toEqual([0, 0]);
      }
    }
    expect(traded).toBeGreaterThan(500);
    await training.dispose();
  });

  test("goes on after an interruption in any stage to the same bytes", async () => {
    const config = runConfigSchema.parse({ market: "walk", experiment: { ...small, stages } });
    const options = { universe: walk, config, resume: false, clock: fixedClock(1_700_000_000_000) };
    await trainRun({ ...options, path: join(root, "whole") });
    for (const stopAt of [512, 2048, 3072, 4608]) {
      const path = join(root, `cut-${stopAt}`);
      const stop = new AbortController();
      const onProgress = (done: number): void => void (done >= stopAt && stop.abort());
      expect((await trainRun({ ...options, path, signal: stop.signal, onProgress })).interrupted).toBe(true);
      await trainRun({ ...options, path, resume: true });
      for (const file of ["metrics.jsonl", "model/policy.onnx"]) {
        const same = readFileSync(join(path, file)).equals(readFileSync(join(root, "whole", file)));
        expect(same, `${file} after ${stopAt}`).toBe(true);
      }
    }
  });

  test.each([
    [{ stages: [] }, "stages"],
    [{ stages: [{ transitions: 100, lanes: 7 }] }, "stages.0: ppo.minibatchSize"],
    [{ stages: [{ transitions: 100, speed: 1 }] }, "stages.0"],
    [{ stages: [{ transitions: 100, stress: "earthquake" }] }, "stages.0.stress"],
  ])("refuses %j", (wrong, message) => {
    expect(() => experiment({ ...small, ...wrong })).toThrow(message);
  });

  test("refuses an instrument that the market does not hold", async () => {
    const other = experiment({ ...small, stages: [{ transitions: 512, instruments: ["ZZZ"] }] });
    await expect(startStages(dataset, fold, other)).rejects.toThrow(/ZZZ is not in the market/);
  });
});
