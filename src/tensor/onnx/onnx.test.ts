/** @file Models as bytes and as programs: deterministic, accepted by ONNX's own checker, the same in a loop or without. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { debianPython, needs } from "../../../test/requirements.ts";
import { gradients } from "../gradient.ts";
import { constant, input } from "../graph.ts";
import type { Node } from "../graph.ts";
import { mlp } from "../layers.ts";
import { cases, opGraph } from "../ops/cases.ts";
import { add, exp, mul, square, sub, tanh } from "../ops/elementwise.ts";
import { matMul } from "../ops/linalg.ts";
import { less } from "../ops/logic.ts";
import { gather, reshape, scatterAdd } from "../ops/movement.ts";
import { mean, sum } from "../ops/reduction.ts";
import { adam, clipByGlobalNorm } from "../optimizer.ts";
import { parameterLayout } from "../parameters.ts";
import { encodeModel } from "./encode.ts";
import { compileLoop, encodeLoop } from "./loop.ts";
import type { LoopSpec } from "./loop.ts";
import { compile, compileModel } from "./session.ts";
import type { Program, TypedArray } from "./session.ts";

const rows = 256;
const batch = 32;

/** A regression on sin and cos of two features, by minibatches. */
function regression(): { spec: LoopSpec; feeds: Record<string, TypedArray>; iterations: number } {
  const iterations = 300;
  const layout = parameterLayout();
  const net = mlp(layout, "net", [2, 16, 16, 1]);
  const table = input("table", [rows, 2]);
  const target = input("target", [rows, 1]);
  const indices = input("indices", [batch], "int64");
  const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };
  const state = {
    parameters: input("parameters", [layout.size]),
    first: input("first", [layout.size]),
    second: input("second", [layout.size]),
  };
  const estimate = net(gather(table, indices), layout.unpack(state.parameters));
  const loss = mean(square(sub(estimate, gather(target, indices))));
  const clipped = clipByGlobalNorm(gradients(loss, [state.parameters])[0], 1);
  const next = adam().update(state, clipped.gradient, rates);

  const rng = createRng(1);
  const features = Float32Array.from({ length: rows * 2 }, () => 4 * rng.uniform() - 2);
  return {
    iterations,
    spec: {
      invariants: [table, target],
      perIteration: [indices, rates.rate, rates.epsilon],
      carried: [
        { state: state.parameters, next: next.parameters },
        { state: state.first, next: next.first },
        { state: state.second, next: next.second },
      ],
      metrics: { loss, norm: clipped.norm },
    },
    feeds: {
      iterations: BigInt64Array.of(BigInt(iterations)),
      table: features,
      target: Float32Array.from(
        { length: rows },
        (_, row) => Math.sin(features[2 * row]) * Math.cos(features[2 * row + 1]),
      ),
      indices: Int32Array.from({ length: iterations * batch }, () => rng.integer(rows)),
      ...adam().rates(new Float32Array(iterations).fill(0.01), 0),
      parameters: layout.initialise(createRng(2)),
      first: new Float32Array(layout.size),
      second: new Float32Array(layout.size),
    },
  };
}

async function once(
  program: Program,
  feeds: Readonly<Record<string, TypedArray>>,
): Promise<Record<string, TypedArray>> {
  const results = await program.run(feeds);
  await program.dispose();
  return results;
}

test("trains a small network on a regression in one loop", async () => {
  const { spec, feeds, iterations } = regression();
  const { loss } = await once(await compileLoop(spec), feeds);
  const average = (from: number, to: number): number =>
    (loss as Float32Array).subarray(from, to).reduce((a, b) => a + b, 0) / (to - from);
  expect(loss).toHaveLength(iterations);
  expect(average(0, 5)).toBeGreaterThan(0.15);
  expect(average(iterations - 20, iterations)).toBeLessThan(0.01);
});

test("gives in a loop, bit for bit, what the same updates give call by call", async () => {
  const { spec, feeds } = regression();
  const steps = 40;
  const looped = await once(await compileLoop(spec), {
    ...feeds,
    iterations: BigInt64Array.of(BigInt(steps)),
    indices: (feeds["indices"] as Int32Array).subarray(0, steps * batch),
    rate: feeds["rate"].subarray(0, steps),
    epsilon: feeds["epsilon"].subarray(0, steps),
  });

  const nexts = Object.fromEntries(spec.carried.map(({ state, next }) => [`${state.attributes.name}.last`, next]));
  const program = await compile({ ...nexts, ...spec.metrics });
  const state = { parameters: feeds["parameters"], first: feeds["first"], second: feeds["second"] };
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const results = await program.run({
      table: feeds["table"],
      target: feeds["target"],
      indices: (feeds["indices"] as Int32Array).subarray(step * batch, (step + 1) * batch),
      rate: feeds["rate"].subarray(step, step + 1),
      epsilon: feeds["epsilon"].subarray(step, step + 1),
      ...state,
    });
    for (const name of ["parameters", "first", "second"] as const) state[name] = results[`${name}.last`];
    losses.push(Number(results["loss"][0]));
  }
  await program.dispose();
  expect(looped["parameters.last"]).toEqual(state.parameters);
  expect(looped["second.last"]).toEqual(state.second);
  expect([...(looped["loss"] as Float32Array)]).toEqual(losses);
});

test("gives the same on one thread and on two", async () => {
  const { spec, feeds } = regression();
  const one = await once(await compileLoop(spec, { threads: 1 }), feeds);
  const two = await once(await compileLoop(spec, { threads: 2 }), feeds);
  expect(two).toEqual(one);

  const a = input("a", [300, 200]);
  const b = input("b", [200, 250]);
  const indices = input("i", [300], "int64");
  const product = tanh(matMul(a, b));
  const outputs = { product, total: sum(product, 0), scattered: scatterAdd(a, indices, 3) };
  const rng = createRng(4);
  const large = {
    a: Float32Array.from({ length: 60_000 }, () => rng.normal()),
    b: Float32Array.from({ length: 50_000 }, () => rng.normal()),
    i: BigInt64Array.from({ length: 300 }, () => BigInt(rng.integer(3))),
  };
  const single = await once(await compile(outputs, { threads: 1 }), large);
  for (let round = 0; round < 3; round++) {
    expect(await once(await compile(outputs, { threads: 2 }), large)).toEqual(single);
  }
});

test("adds up what belongs to one row without losing any of it, on two threads as on one", async () => {
  const [updates, columns] = [4000, 400];
  const scattered = scatterAdd(input("x", [updates, columns]), input("i", [updates], "int64"), 3);
  const feeds = {
    x: new Float32Array(updates * columns).fill(1),
    i: BigInt64Array.from({ length: updates }, (_, at) => BigInt(at % 3)),
  };
  const wanted = [1334, 1333, 1333].flatMap((count) => Array.from({ length: columns }, () => count));
  for (const threads of [1, 2, 2, 2]) {
    expect([...(await once(await compile({ scattered }, { threads }), feeds))["scattered"]]).toEqual(wanted);
  }
});

test("ends a loop after the iteration in which the condition fails", async () => {
  const x = input("x", []);
  const next = add(x, 1);
  const step = input("step", []);
  const program = await compileLoop({
    invariants: [],
    perIteration: [step],
    carried: [{ state: x, next }],
    metrics: { before: add(x, 0), fed: step },
    continueWhile: less(next, 3),
  });
  const feeds = {
    iterations: BigInt64Array.of(10n),
    x: Float32Array.of(0),
    step: Float32Array.from({ length: 10 }, (_, at) => at),
  };
  const stopped = await program.run(feeds);
  expect(stopped["x.last"]).toEqual(Float32Array.of(3));
  expect(stopped["before"], "one number for each iteration that ran").toEqual(Float32Array.of(0, 1, 2));
  expect(stopped["fed"]).toEqual(Float32Array.of(0, 1, 2));
  const none = await once(program, { ...feeds, iterations: BigInt64Array.of(0n) });
  expect(none["x.last"]).toEqual(Float32Array.of(0));
  expect(none["before"]).toHaveLength(0);
});

test("tells a tensor of each iteration, one after the other", async () => {
  const x = input("x", [2, 3]);
  const program = await compileLoop({
    invariants: [],
    perIteration: [],
    carried: [{ state: x, next: add(x, 1) }],
    metrics: { whole: mul(x, 2), rows: sum(x, 1) },
  });
  const results = await once(program, {
    iterations: BigInt64Array.of(3n),
    x: Float32Array.of(0, 1, 2, 3, 4, 5),
  });
  const steps = [0, 1, 2];
  expect([...results["whole"]]).toEqual(steps.flatMap((step) => [0, 1, 2, 3, 4, 5].map((n) => 2 * (n + step))));
  expect([...results["rows"]]).toEqual(steps.flatMap((step) => [3 + 3 * step, 12 + 3 * step]));
});

test("computes before the loop what no iteration changes", () => {
  const x = input("x", [2]);
  const table = input("table", [2]);
  const bytes = encodeLoop({
    invariants: [table],
    perIteration: [],
    carried: [{ state: x, next: mul(x, exp(table)) }],
    metrics: {},
  });
  const text = new TextDecoder("latin1").decode(bytes);
  expect(text.indexOf("Exp")).toBeGreaterThan(0);
  expect(text.indexOf("Exp"), "outside the body").toBeLessThan(text.indexOf("Loop"));
  expect(text.indexOf("Exp"), "and before it").toBeLessThan(text.indexOf("Mul"));
});

test("gives the same bytes for the same graph each time", () => {
  const bytes = encodeLoop(regression().spec, { made: "by a test" });
  expect(encodeLoop(regression().spec, { made: "by a test" })).toEqual(bytes);
  expect(encodeLoop(regression().spec, { made: "otherwise" })).not.toEqual(bytes);
});

test("writes a computation that occurs twice once", () => {
  const x = input("x", [2]);
  const text = new TextDecoder("latin1").decode(encodeModel({ y: add(exp(x), tanh(exp(x))), z: exp(x) }));
  expect(text.match(/Exp/g)).toHaveLength(1);
});

test("leaves sizes named by a text open until the model runs", async () => {
  const x = input("x", ["batch", 3]);
  const w = constant([1, 10, 100], [3, 1]);
  const program = await compile({ y: matMul(x, w) });
  expect((await program.run({ x: Float32Array.of(1, 2, 3) }))["y"]).toEqual(Float32Array.of(321));
  expect((await program.run({ x: Float32Array.of(1, 0, 0, 0, 1, 0) }))["y"]).toEqual(Float32Array.of(1, 10));
  await program.dispose();
});

test("gives an input or a constant back as an output, and one value under two names", async () => {
  const x = input("x", [2]);
  const y = exp(mul(x, 0));
  const results = await once(await compile({ same: x, fixed: constant([5]), one: y, two: y }), {
    x: Float32Array.of(1, 2),
  });
  expect(results).toEqual({
    same: Float32Array.of(1, 2),
    fixed: Float32Array.of(5),
    one: Float32Array.of(1, 1),
    two: Float32Array.of(1, 1),
  });
});

test.each<[string, Record<string, TypedArray>, string]>([
  ["an input that is missing", {}, "every input of the graph is fed (missing=x)"],
  ["an input that there is not", { x: new Float32Array(4), z: new Float32Array(1) }, "is an input of the graph (fed=z"],
  ["too few numbers", { x: new Float32Array(3) }, "as many numbers as its shape says (name=x, shape=[2,2], found=3)"],
  [
    "numbers of another type",
    { x: new BigInt64Array(4) },
    "fed its own type (name=x, type=float32, found=BigInt64Array)",
  ],
])("refuses %s, and says so", async (_what, feeds, message) => {
  const program = await compile({ y: exp(input("x", [2, 2])) });
  await expect(program.run(feeds)).rejects.toThrow(message);
  await program.dispose();
});

test("refuses two inputs of one name", () => {
  expect(() => encodeModel({ y: add(input("x", []), input("x", [])) })).toThrow("names of their own");
  expect(() => encodeModel({ x: exp(input("x", [])) })).toThrow("names of their own");
  expect(() => input("_0", [])).toThrow("begin with no underscore");
  const x = input("x", []);
  const clash = { invariants: [], perIteration: [], carried: [{ state: x, next: x }], metrics: { x } };
  expect(() => encodeLoop(clash)).toThrow("names of their own");
});

test("runs a model again from its stored bytes", async () => {
  const bytes = encodeModel({ y: exp(input("x", [1])) }, { schema: "abc" });
  expect((await once(await compileModel(bytes), { x: Float32Array.of(0) }))["y"]).toEqual(Float32Array.of(1));
  expect(new TextDecoder("latin1").decode(bytes)).toContain("schema");
});

test("says that a model is damaged when its bytes were cut", async () => {
  const bytes = encodeModel({ y: exp(input("x", [1])) });
  await expect(compileModel(bytes.subarray(0, bytes.length / 2))).rejects.toThrow(
    "ONNX Runtime cannot load this model",
  );
});

test("reckons with whole numbers as indices", async () => {
  const t = input("t", [2], "int64");
  const places = add(reshape(t, [2, 1]), constant([-1, 0], [2], "int64"));
  const program = await compile({ window: gather(constant([10, 11, 12, 13]), places), after: add(t, 1) });
  const found = await once(program, { t: BigInt64Array.of(1n, 3n) });
  expect(found["window"]).toEqual(Float32Array.of(10, 11, 12, 13));
  expect(found["after"]).toEqual(BigInt64Array.of(2n, 4n));
});

test("refuses ops on values of a type they are not for", () => {
  const whole = input("whole", [2], "int64");
  expect(() => exp(whole)).toThrow("works on float32");
  expect(() => sum(whole)).toThrow("works on float32");
  expect(() => add(whole, input("x", [2]))).toThrow("numbers of one type");
});

/** Every kind of model we write, by name. */
function models(): [string, Uint8Array][] {
  const ops = Object.entries(cases).map(([op, list]): [string, Uint8Array] => {
    const outputs: Record<string, Node> = {};
    list.forEach((one, at) => {
      const graph = opGraph(one, `${op}${at}`, createRng(at, op));
      const real = graph.inputs.filter((node) => node.dtype === "float32");
      outputs[`y${at}`] = graph.output;
      gradients(graph.loss, real).forEach((gradient, by) => (outputs[`g${at}.${by}`] = gradient));
    });
    return [op, encodeModel(outputs)];
  });
  const { spec } = regression();
  const open = matMul(input("x", ["batch", 3]), constant([1, 2, 3], [3, 1]));
  return [
    ...ops,
    ["loop", encodeLoop(spec, { made: "by a test" })],
    ["early-stop", encodeLoop({ ...spec, continueWhile: less(spec.metrics["loss"], 1) })],
    ["open-size", encodeModel({ y: open })],
  ];
}

const check = `
import onnx, sys
for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert model.ir_version == 8 and model.opset_import[0].version == 17
print(len(sys.argv) - 1, "models pass")
`;

test.skipIf(!needs.pythonOnnx())("writes models that ONNX's own checker accepts", () => {
  const folder = mkdtempSync(join(tmpdir(), "ploutos-onnx-"));
  try {
    const paths = models().map(([name, bytes]) => {
      const path = join(folder, `${name}.onnx`);
      writeFileSync(path, bytes);
      return path;
    });
    const { status, stdout, stderr } = spawnSync(debianPython, ["-c", check, ...paths], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    expect(stdout.trim()).toBe(`${Object.keys(cases).length + 3} models pass`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
