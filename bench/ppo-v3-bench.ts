/** @file PPO at the size of `ploutos-v3`: 15 instruments with 85 features each, 16 lanes, an env that costs nothing. */
import type { PpoConfig } from "#agents/ppo.ts";
import { createPpo, ppoDefaults } from "#agents/ppo.ts";
import { createRng } from "#base/rng.ts";
import type { StepBuffers, VectorEnv } from "#env/env.ts";
import type { ActionSpace, ObservationSpace } from "#env/space.ts";
import { observationWidth } from "#env/space.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import { matMul } from "#tensor/ops/linalg.ts";
import type { Figure } from "./figure.ts";

const [instruments, features] = [15, 85];
const lanes = 16;
/** Five years of hours, seven a day. */
const bars = 8750;
const episodeBars = 3000;

/** Numbers of an account with 15 positions: a share of each, cash, return and drawdown. */
const own = instruments + 3;

/** Rows V3-064 to V3-076 of the inventory, with the trunk shared as the document draws it; the KL stop is left out, so that no update is skipped. */
const config: PpoConfig = {
  ...ppoDefaults,
  rolloutSteps: 4096,
  minibatchSize: 8192,
  epochs: 20,
  learningRate: 5e-5,
  finalLearningRate: 5e-5,
  totalTransitions: 10_000_000,
  gamma: 0.995,
  gaeLambda: 0.98,
  clip: 0.2,
  entropyCoefficient: 0.01,
  valueCoefficient: 0.5,
  maxGradientNorm: 0.5,
  network: { body: "mlp", hidden: [1024, 512, 256], activation: "tanh", shared: true },
  threads: 2,
};

/** Lanes that walk through a table of noise from random bars; rewards are noise, nothing is simulated. */
function freeEnv(): VectorEnv {
  const rng = createRng(1, "table");
  const columns = instruments * features;
  const values = Float32Array.from({ length: bars * columns }, () => 0.5 * rng.normal());
  const table = { values, rows: bars, columns, blocks: instruments };
  const observationSpace: ObservationSpace = { kind: "windowed", table, lookback: 1, size: own };
  const actionSpace: ActionSpace = { kind: "discrete", sizes: Array.from({ length: instruments }, () => 3) };
  const width = observationWidth(observationSpace);
  let dice = createRng(0);
  const bar = new Int32Array(lanes);
  const left = new Int32Array(lanes);
  const begin = (lane: number): void => {
    bar[lane] = dice.integer(bars - episodeBars);
    left[lane] = episodeBars;
  };
  const observe = (lane: number, into: Float32Array): void => {
    into[lane * width] = bar[lane];
    for (let n = 1; n < width; n++) into[lane * width + n] = values[(bar[lane] + n * 97) % values.length];
  };
  return {
    lanes,
    observationSpace,
    actionSpace,
    reset(seed, into) {
      dice = createRng(seed);
      for (let lane = 0; lane < lanes; lane++) {
        begin(lane);
        observe(lane, into.observations);
      }
    },
    step(_actions, into: StepBuffers) {
      for (let lane = 0; lane < lanes; lane++) {
        bar[lane]++;
        into.rewards[lane] = values[bar[lane]];
        into.terminated[lane] = 0;
        into.truncated[lane] = --left[lane] === 0 ? 1 : 0;
        if (left[lane] === 0) {
          observe(lane, into.finalObservations);
          begin(lane);
        }
        observe(lane, into.observations);
      }
    },
    snapshot: () => ({ bar: bar.slice(), left: left.slice(), rng: dice.state() }),
    restore() {
      throw new Error("the bench does not restore");
    },
  };
}

/** GFLOP/s of a 2048³ product on both cores, best of several. */
async function peakRate(): Promise<number> {
  const side = 2048;
  const program = await compile({ y: matMul(input("a", [side, side]), input("b", [side, side])) }, { threads: 2 });
  const feeds = { a: new Float32Array(side * side).fill(0.5), b: new Float32Array(side * side).fill(0.25) };
  let best = 0;
  for (let round = 0; round < 8; round++) {
    const start = performance.now();
    await program.run(feeds);
    best = Math.max(best, (2 * side ** 3) / (performance.now() - start) / 1e6);
  }
  await program.dispose();
  return best;
}

/**
 * Transitions a second of one whole iteration: collecting 4,096 steps in 16 lanes, all 160 updates, looking back. Beside it
 * what the same machine could do while it ran, and the processor time, which others on the machine do not change as much.
 */
export async function benchPpoV3(shuffled: PpoConfig["shuffled"]): Promise<Figure> {
  const peakBefore = await peakRate();
  const learner = await createPpo(freeEnv(), { ...config, shuffled }, 1);
  const transitions = lanes * config.rolloutSteps;
  const before = process.cpuUsage();
  const start = performance.now();
  const { updates } = await learner.iterate();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  await learner.dispose();
  return {
    value: transitions / seconds,
    unit: "transitions/s",
    peakBytes: process.resourceUsage().maxRSS * 1024,
    peakLimitBytes: 2 * 2 ** 30,
    shuffled,
    updates,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakGigaflops: [peakBefore, await peakRate()],
    bars,
  };
}
