/** @file Benchmarks of graphs: a PPO-like update in a loop, a large learner, a small network at batch 1. */
import { createRng } from "#base/rng.ts";
import { gradients } from "#tensor/gradient.ts";
import { input } from "#tensor/graph.ts";
import type { Node } from "#tensor/graph.ts";
import { kaiming } from "#tensor/initialisers.ts";
import { mlp } from "#tensor/layers.ts";
import { compileLoop } from "#tensor/onnx/loop.ts";
import type { LoopSpec } from "#tensor/onnx/loop.ts";
import { compile } from "#tensor/onnx/session.ts";
import type { Program, TypedArray } from "#tensor/onnx/session.ts";
import { add, exp, mul, neg, square, sub } from "#tensor/ops/elementwise.ts";
import { matMul } from "#tensor/ops/linalg.ts";
import { clamp, less, minimum } from "#tensor/ops/logic.ts";
import { gather, gatherLast, reshape } from "#tensor/ops/movement.ts";
import { logSoftmax } from "#tensor/ops/normalisation.ts";
import { mean, sum } from "#tensor/ops/reduction.ts";
import { adam, clipByGlobalNorm } from "#tensor/optimizer.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

type Feeds = Readonly<Record<string, TypedArray>>;

async function milliseconds(program: Program, feeds: Feeds, times = 1): Promise<number> {
  const start = performance.now();
  for (let time = 0; time < times; time++) await program.run(feeds);
  return (performance.now() - start) / times;
}

function noise(length: number, scale = 1): Float32Array {
  const rng = createRng(1, String(length));
  return Float32Array.from({ length }, () => scale * (2 * rng.uniform() - 1));
}

interface PpoLoop {
  readonly spec: LoopSpec;
  readonly feeds: Feeds;
}

/** One update phase of clipped PPO with separate networks of this shape, on a made-up rollout. */
function ppoLoop({ rows = 2048, batch = 64, epochs = 10, features = 10, hidden = 64, actions = 3 } = {}): PpoLoop {
  const layout = parameterLayout();
  const policy = mlp(layout, "policy", [features, hidden, hidden, actions]);
  const value = mlp(layout, "value", [features, hidden, hidden, 1]);

  const state = {
    parameters: input("parameters", [layout.size]),
    first: input("first", [layout.size]),
    second: input("second", [layout.size]),
  };
  const columns = {
    observation: input("observation", [rows, features]),
    action: input("action", [rows], "int64"),
    logProb: input("logProb", [rows]),
    advantage: input("advantage", [rows]),
    target: input("target", [rows]),
  };
  const indices = input("indices", [batch], "int64");
  const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };

  const row = (column: Node): Node => gather(column, indices);
  const parameters = layout.unpack(state.parameters);
  const observation = row(columns.observation);
  const all = logSoftmax(policy(observation, parameters));
  const change = sub(gatherLast(all, row(columns.action)), row(columns.logProb));
  const ratio = exp(change);
  const advantage = row(columns.advantage);
  const policyLoss = neg(mean(minimum(mul(ratio, advantage), mul(clamp(ratio, 0.8, 1.2), advantage))));
  const entropy = neg(mean(sum(mul(exp(all), all), -1)));
  const estimate = reshape(value(observation, parameters), [batch]);
  const valueLoss = mean(square(sub(estimate, row(columns.target))));
  const kl = mean(sub(sub(ratio, 1), change));
  const loss = sub(add(policyLoss, mul(valueLoss, 0.5)), mul(entropy, 0.01));
  const clipped = clipByGlobalNorm(gradients(loss, [state.parameters])[0], 0.5);
  const next = adam({ epsilon: 1e-5 }).update(state, clipped.gradient, rates);

  const iterations = (rows / batch) * epochs;
  const rng = createRng(3);
  return {
    spec: {
      invariants: Object.values(columns),
      perIteration: [indices, rates.rate, rates.epsilon],
      carried: [
        { state: state.parameters, next: next.parameters },
        { state: state.first, next: next.first },
        { state: state.second, next: next.second },
      ],
      metrics: { policyLoss, valueLoss, entropy, kl, norm: clipped.norm },
      continueWhile: less(kl, 1e9),
    },
    feeds: {
      iterations: BigInt64Array.of(BigInt(iterations)),
      observation: noise(rows * features),
      action: BigInt64Array.from({ length: rows }, () => BigInt(rng.integer(actions))),
      logProb: new Float32Array(rows).fill(-Math.log(actions)),
      advantage: noise(rows),
      target: noise(rows),
      indices: BigInt64Array.from({ length: iterations * batch }, () => BigInt(rng.integer(rows))),
      ...adam({ epsilon: 1e-5 }).rates(new Float32Array(iterations).fill(3e-4), 0),
      parameters: layout.initialise(createRng(2)),
      first: new Float32Array(layout.size),
      second: new Float32Array(layout.size),
    },
  };
}

/** Milliseconds of one iteration: minibatch 64 of a 10-64-64 actor and critic, 320 iterations in one Loop. */
export async function benchLoopUpdate(): Promise<Figure> {
  const { spec, feeds } = ppoLoop();
  const iterations = Number(feeds["iterations"][0]);
  const programs = [await compileLoop(spec, { threads: 1 }), await compileLoop(spec, { threads: 2 })];
  const times: number[][] = programs.map(() => []);
  for (const program of programs) await program.run(feeds);
  for (let round = 0; round < 9; round++) {
    for (const [at, program] of programs.entries()) times[at].push(await milliseconds(program, feeds));
  }
  for (const program of programs) await program.dispose();
  const [one, two] = times.map((list) => median(list) / iterations);
  return { value: one, unit: "ms/iteration", twoThreads: two, iterations };
}

/** Share of the peak rate (that of a 2048³ product) that one Adam step of a 1275-1024-512-256 tanh MLP reaches. */
export async function benchLearnerV3(): Promise<Figure> {
  const sizes = [1275, 1024, 512, 256];
  const batch = 8192;
  const layout = parameterLayout();
  const net = mlp(layout, "net", sizes, { weight: kaiming(1), outputWeight: kaiming(1) });
  const state = {
    parameters: input("parameters", [layout.size]),
    first: input("first", [layout.size]),
    second: input("second", [layout.size]),
  };
  const x = input("x", [batch, sizes[0]]);
  const loss = mean(square(net(x, layout.unpack(state.parameters))));
  const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };
  const next = adam().update(state, gradients(loss, [state.parameters])[0], rates);
  const learner = await compile(
    { loss, ...Object.fromEntries(Object.entries(next).map(([k, v]) => [`${k}.next`, v])) },
    { threads: 2 },
  );
  const feeds: Feeds = {
    x: noise(batch * sizes[0]),
    parameters: layout.initialise(createRng(5)),
    first: new Float32Array(layout.size),
    second: new Float32Array(layout.size),
    ...adam().rates([1e-4], 0),
  };

  const side = 2048;
  const peak = await compile({ product: matMul(input("a", [side, side]), input("b", [side, side])) }, { threads: 2 });
  const operands = { a: noise(side * side), b: noise(side * side) };

  const weights = sizes.slice(1).map((outputs, at) => sizes[at] * outputs);
  const all = weights.reduce((a, b) => a + b, 0);
  const work = 2 * batch * (3 * all - weights[0]);
  const steps: number[] = [];
  const products: number[] = [];
  await learner.run(feeds);
  await peak.run(operands);
  for (let round = 0; round < 5; round++) {
    steps.push(await milliseconds(learner, feeds));
    products.push(await milliseconds(peak, operands, 3));
  }
  await learner.dispose();
  await peak.dispose();
  const rate = work / median(steps) / 1e6;
  const peakRate = (2 * side ** 3) / median(products) / 1e6;
  return {
    value: rate / peakRate,
    unit: "of peak",
    gigaflops: rate,
    peakGigaflops: peakRate,
    milliseconds: median(steps),
  };
}

/** Microseconds of one call of a 10-64-64-3 tanh network on one observation, the call from JavaScript included. */
export async function benchInferSmall(): Promise<Figure> {
  const layout = parameterLayout();
  const net = mlp(layout, "policy", [10, 64, 64, 3]);
  const program = await compile({
    logits: net(input("observation", ["batch", 10]), layout.unpack(input("parameters", [layout.size]))),
  });
  const feeds: Feeds = { observation: noise(10), parameters: layout.initialise(createRng(7)) };
  await milliseconds(program, feeds, 1000);
  const times: number[] = [];
  for (let round = 0; round < 9; round++) times.push(await milliseconds(program, feeds, 1000));
  await program.dispose();
  return { value: median(times) * 1000, unit: "µs" };
}

/** Iterations of one Loop that the optimizer is timed over. */
const adamSteps = 20;

/**
 * Milliseconds that clipping and Adam add to one update of two million parameters (1275-1024-512-256) at batch 64: a Loop of
 * whole updates against one that ends at the gradient. The parts of it: norm, scale, and ten passes of Adam, each over 8 MB
 * that are read, of which most read a second 8 MB and all write 8 MB; the state alone (parameters, moments and gradient in, all
 * but the gradient out) is 56 MB.
 */
export async function benchAdam(): Promise<Figure> {
  const layout = parameterLayout();
  const net = mlp(layout, "net", [1275, 1024, 512, 256]);
  const batch = 64;
  const parameters = input("parameters", [layout.size]);
  const [first, second] = [input("first", [layout.size]), input("second", [layout.size])];
  const x = input("x", [batch, 1275]);
  const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };
  const [gradient] = gradients(mean(square(net(x, layout.unpack(parameters)))), [parameters]);
  const clipped = clipByGlobalNorm(gradient, 0.5);
  const optimizer = adam({ epsilon: 1e-5 });
  const next = optimizer.update({ parameters, first, second }, clipped.gradient, rates);
  const whole: LoopSpec = {
    invariants: [],
    perIteration: [x, rates.rate, rates.epsilon],
    carried: [
      { state: parameters, next: next.parameters },
      { state: first, next: next.first },
      { state: second, next: next.second },
    ],
    metrics: { norm: clipped.norm },
  };
  const bare: LoopSpec = { ...whole, perIteration: [x], carried: [{ state: parameters, next: gradient }], metrics: {} };
  const start = layout.initialise(createRng(6));
  const common = { iterations: BigInt64Array.of(BigInt(adamSteps)), x: noise(adamSteps * batch * 1275) };
  const byThreads: { threads: number; milliseconds: number; cpuMilliseconds: number }[] = [];
  for (const threads of [1, 2]) {
    const [learner, gradientOnly] = [await compileLoop(whole, { threads }), await compileLoop(bare, { threads })];
    const taken: { wall: number; cpu: number }[] = [];
    for (let round = 0; round < 9; round++) {
      const zeros = { first: new Float32Array(layout.size), second: new Float32Array(layout.size) };
      const of = await timed(learner, {
        ...common,
        ...optimizer.rates(new Float32Array(adamSteps).fill(1e-4), 0),
        ...zeros,
        parameters: start,
      });
      const without = await timed(gradientOnly, { ...common, parameters: start });
      taken.push({ wall: (of.wall - without.wall) / adamSteps, cpu: (of.cpu - without.cpu) / adamSteps });
    }
    await learner.dispose();
    await gradientOnly.dispose();
    byThreads.push({
      threads,
      milliseconds: median(taken.map(({ wall }) => wall)),
      cpuMilliseconds: median(taken.map(({ cpu }) => cpu)),
    });
  }
  const fastest = byThreads.reduce((one, other) => (other.milliseconds < one.milliseconds ? other : one));
  return { value: fastest.milliseconds, unit: "ms/update", byThreads, parameters: layout.size, batch };
}

/** Milliseconds by the clock and of the processor, of all threads; the latter hardly depends on what else runs. */
async function timed(program: Program, feeds: Feeds): Promise<{ readonly wall: number; readonly cpu: number }> {
  const used = process.cpuUsage();
  const wall = await milliseconds(program, feeds);
  const { user, system } = process.cpuUsage(used);
  return { wall, cpu: (user + system) / 1000 };
}
