/** @file Training steps in which observations at one bar share its window, beside the same steps with a window for each. */
import { createRng } from "#base/rng.ts";
import type { ObservationSpace } from "#env/space.ts";
import type { NetworkConfig } from "#policy/body.ts";
import { createBody } from "#policy/body.ts";
import { seen, seenShape } from "#policy/seen.ts";
import { gradients } from "#tensor/gradient.ts";
import { input } from "#tensor/graph.ts";
import type { Program, TypedArray } from "#tensor/onnx/session.ts";
import { compile } from "#tensor/onnx/session.ts";
import { square } from "#tensor/ops/elementwise.ts";
import { matMul } from "#tensor/ops/linalg.ts";
import { mean } from "#tensor/ops/reduction.ts";
import { adam } from "#tensor/optimizer.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

const [instruments, features, own] = [15, 85, 18];

interface Setting {
  readonly network: NetworkConfig;
  readonly bars: number;
  readonly lookback: number;
  /** Observations of a step, and the bars that they are of. */
  readonly batch: number;
  readonly barsOfBatch: number;
}

interface Steps {
  /** One forward, backward and Adam: with a window for each observation, and with one for each bar. */
  readonly plain: Program;
  readonly shared: Program;
  readonly feeds: Readonly<Record<string, TypedArray>>;
}

async function trainingSteps({ network, bars, lookback, batch, barsOfBatch }: Setting): Promise<Steps> {
  const rng = createRng(1);
  const columns = instruments * features;
  const values = Float32Array.from({ length: bars * columns }, () => 0.5 * rng.normal());
  const table = { values, rows: bars, columns, blocks: instruments };
  const space: ObservationSpace = { kind: "windowed", table, lookback, size: own };
  const layout = parameterLayout();
  const body = createBody(layout, "body", seenShape(space), network);
  const state = {
    parameters: input("parameters", [layout.size]),
    first: input("first", [layout.size]),
    second: input("second", [layout.size]),
  };
  const step = (expected: number): Promise<Program> => {
    const looked = seen(space, input("observations", [batch, 1 + own]), input("table", [bars, columns]), expected);
    const loss = mean(square(body.forward(looked, layout.unpack(state.parameters))));
    const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };
    const next = adam().update(state, gradients(loss, [state.parameters])[0], rates);
    return compile({ p: next.parameters, m: next.first, v: next.second }, { threads: 2 });
  };
  const chosen = Array.from({ length: barsOfBatch }, () => lookback - 1 + rng.integer(bars - lookback));
  const observations = Float32Array.from({ length: batch * (1 + own) }, (_, at) =>
    at % (1 + own) === 0 ? chosen[Math.floor(at / (1 + own)) % barsOfBatch] : rng.normal(),
  );
  return {
    plain: await step(batch),
    shared: await step(barsOfBatch),
    feeds: {
      parameters: layout.initialise(createRng(2)),
      first: new Float32Array(layout.size),
      second: new Float32Array(layout.size),
      ...adam().rates([1e-4], 0),
      table: values,
      observations,
    },
  };
}

/** Median milliseconds of each, one after the other in each round, so that they meet the same machine. */
async function interleaved(rounds: number, ...runs: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const times: number[][] = runs.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [at, run] of runs.entries()) {
      const start = performance.now();
      await run();
      if (round > 0) times[at].push(performance.now() - start);
    }
  }
  return times.map(median);
}

/** 64 lanes × 256 steps over 2,000 bars are 8.2 transitions for each bar; shuffled by bars, 64 of them have 8 bars. */
const transformer: Setting = {
  network: {
    body: "transformer",
    width: 64,
    heads: 4,
    feedForward: 128,
    layers: 2,
    acrossLayers: 1,
    hidden: [64, 64],
    activation: "relu",
  },
  bars: 2000,
  lookback: 60,
  batch: 64,
  barsOfBatch: 8,
};

/** Samples a second of a Transformer's training step, over those of the plain graph that reads a window for each sample. */
export async function benchTransformer(): Promise<Figure> {
  const { plain, shared, feeds } = await trainingSteps(transformer);
  const [without, once] = await interleaved(
    5,
    () => plain.run(feeds),
    () => shared.run(feeds),
  );
  await plain.dispose();
  await shared.dispose();
  const rate = (milliseconds: number): number => (transformer.batch * 1000) / milliseconds;
  return {
    value: without / once,
    unit: "× the samples a second of a window for each",
    samplesPerSecond: { plain: rate(without), shared: rate(once) },
    ...transformer,
  };
}

/** What shuffling by bars makes of 65,536 transitions over 8,750 bars in minibatches of 8,192. */
const v3: Setting = {
  network: { body: "mlp", hidden: [1024, 512, 256], activation: "tanh" },
  bars: 8750,
  lookback: 1,
  batch: 8192,
  barsOfBatch: 1100,
};

/** Multiplications of one step, twice: the first layer has no gradient by its inputs. */
function work({ batch }: Setting, windows: number): number {
  const market = instruments * features * 1024;
  const rest = own * 1024 + 1024 * 512 + 512 * 256;
  return 2 * (2 * windows * market + batch * (3 * rest - own * 1024));
}

/**
 * The v3 learner's step: the rate of the products that it makes over the rate of a 2048³ product. Beside it the rate counting
 * what its definition has, the products of each observation, and the step that makes all of these.
 */
export async function benchLearnerEfficiency(): Promise<Figure> {
  const { plain, shared, feeds } = await trainingSteps(v3);
  const side = 2048;
  const peak = await compile({ y: matMul(input("a", [side, side]), input("b", [side, side])) }, { threads: 2 });
  const rng = createRng(3);
  const matrix = (): Float32Array => Float32Array.from({ length: side * side }, () => rng.normal());
  const operands = { a: matrix(), b: matrix() };
  const [without, once, product] = await interleaved(
    5,
    () => plain.run(feeds),
    () => shared.run(feeds),
    () => peak.run(operands),
  );
  for (const program of [plain, shared, peak]) await program.dispose();
  const peakRate = (2 * side ** 3) / product;
  const defined = work(v3, v3.batch);
  return {
    value: work(v3, v3.barsOfBatch) / once / peakRate,
    unit: "of peak, counting the products that are made",
    byDefinition: defined / once / peakRate,
    plain: defined / without / peakRate,
    milliseconds: { plain: without, shared: once },
    peakGigaflops: peakRate / 1e6,
    ...v3,
  };
}
