/** @file For every op, graphs to test it on: its gradient, its ONNX form and its checker run over these. */
import type { Rng } from "#base/rng.ts";
import { constant, count, fixedShape, input } from "../graph.ts";
import type { DType, Node, OpName } from "../graph.ts";
import {
  abs,
  add,
  div,
  erf,
  exp,
  gelu,
  log,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
} from "./elementwise.ts";
import { gemm, matMul, project } from "./linalg.ts";
import { and, cast, clamp, equal, greater, less, lessOrEqual, maximum, minimum, stopGradient, where } from "./logic.ts";
import {
  broadcastTo,
  concat,
  distinctOf,
  gather,
  gatherLast,
  oneHot,
  pad,
  reshape,
  scatterAdd,
  slice,
  split,
  transpose,
} from "./movement.ts";
import { layerNorm, logSoftmax, softmax } from "./normalisation.ts";
import { max, mean, norm, sum } from "./reduction.ts";

/** What an input of a case is fed: numbers around zero, positive numbers, truths, or whole numbers below a limit. */
type Values = "real" | "positive" | "truth" | number;

export interface OpCase {
  readonly inputs: readonly { readonly shape: readonly number[]; readonly values: Values }[];
  readonly build: (...inputs: Node[]) => Node;
}

const real = (...shape: number[]): OpCase["inputs"][number] => ({ shape, values: "real" });
const positive = (...shape: number[]): OpCase["inputs"][number] => ({ shape, values: "positive" });
const truth = (...shape: number[]): OpCase["inputs"][number] => ({ shape, values: "truth" });
const below = (limit: number, ...shape: number[]): OpCase["inputs"][number] => ({ shape, values: limit });

function unaryCases(build: (x: Node) => Node, of = real): OpCase[] {
  return [of(), of(5), of(2, 3), of(2, 1, 3)].map((shape) => ({ inputs: [shape], build }));
}

function binaryCases(build: (a: Node, b: Node) => Node, left = real, right = real): OpCase[] {
  return [
    { inputs: [left(3), right(3)], build },
    { inputs: [left(2, 3), right(3)], build },
    { inputs: [left(), right(2, 3)], build },
    { inputs: [left(2, 1, 3), right(4, 1)], build },
    { inputs: [left(3, 1), right(1, 3)], build },
    { inputs: [left(2, 2)], build: (x) => build(x, x) },
  ];
}

function pairwise(build: (a: Node, b: Node) => Node, [a, b]: readonly Node[]): Node {
  return build(a, b);
}

function reductionCases(build: (x: Node, axes?: number | readonly number[], keepDims?: boolean) => Node): OpCase[] {
  return [
    { inputs: [real(4)], build: (x) => build(x) },
    { inputs: [real(2, 3)], build: (x) => build(x, 0) },
    { inputs: [real(2, 3)], build: (x) => build(x, -1) },
    { inputs: [real(2, 3)], build: (x) => build(x, 1, true) },
    { inputs: [real(2, 3, 2)], build: (x) => build(x, [0, 2]) },
    { inputs: [real(2, 3, 2)], build: (x) => build(x, 1) },
    { inputs: [real(2, 1, 2)], build: (x) => build(x, 1) },
  ];
}

/** Rows of a table by index, with what is computed of a row computed once for equal indices. */
function sharedRows(index: Node, table: Node): Node {
  const { values, places } = distinctOf(index, "rows");
  return gather(exp(gather(table, values)), places);
}

/** A new op without a case does not compile. */
export const cases: Record<Exclude<OpName, "input" | "constant">, readonly OpCase[]> = {
  add: binaryCases(add),
  sub: binaryCases(sub),
  mul: binaryCases(mul),
  div: binaryCases(div, real, positive),
  neg: unaryCases(neg),
  exp: unaryCases(exp),
  log: unaryCases(log, positive),
  sqrt: unaryCases(sqrt, positive),
  square: unaryCases(square),
  abs: unaryCases(abs),
  tanh: unaryCases(tanh),
  sigmoid: unaryCases(sigmoid),
  relu: unaryCases(relu),
  erf: [...unaryCases(erf), ...unaryCases(gelu)],
  softplus: unaryCases(softplus),

  minimum: binaryCases(minimum).slice(0, 5),
  maximum: binaryCases(maximum).slice(0, 5),
  clamp: unaryCases((x) => clamp(x, -0.5, 0.7)),
  less: binaryCases((a, b) => where(less(a, b), a, mul(b, 2))),
  lessOrEqual: binaryCases((a, b) => where(lessOrEqual(a, b), a, mul(b, 2))),
  greater: binaryCases((a, b) => where(greater(a, b), a, mul(b, 2))),
  equal: [{ inputs: [below(3, 4), below(3, 2, 4), real(4)], build: (a, b, x) => where(equal(a, b), x, 0.5) }],
  and: [{ inputs: [truth(4), truth(3, 4), real(4)], build: (a, b, x) => where(and(a, b), x, 0.5) }],
  where: [
    { inputs: [truth(2, 3), real(2, 3), real(2, 3)], build: where },
    { inputs: [truth(3), real(2, 1), real()], build: where },
    { inputs: [truth(2, 1), real(2, 3)], build: (condition, x) => where(condition, x, -1) },
  ],
  cast: [
    { inputs: [truth(3), real(3)], build: (condition, x) => mul(cast(condition, "float32"), x) },
    { inputs: [below(9, 3), real(3)], build: (whole, x) => mul(cast(whole, "float32"), x) },
    { inputs: [below(4, 2, 3), real(4)], build: (index, x) => mul(oneHot(index, 4), x) },
  ],
  stopGradient: [{ inputs: [real(3)], build: (x) => add(x, stopGradient(mul(x, 0))) }],

  gemm: [
    ...[false, true].flatMap((transA) =>
      [false, true].map((transB) => ({
        inputs: [transA ? real(4, 2) : real(2, 4), transB ? real(3, 4) : real(4, 3), real(3)],
        build: (a: Node, b: Node, c?: Node) => gemm(a, b, c, { transA, transB, alpha: 0.5, beta: 2 }),
      })),
    ),
    { inputs: [real(2, 4), real(4, 3), real(2, 1)], build: (a, b, c) => gemm(a, b, c) },
    { inputs: [real(2, 4), real(4, 3), real(1, 3)], build: (a, b, c) => gemm(a, b, c) },
    { inputs: [real(2, 4), real(4, 3), real()], build: (a, b, c) => gemm(a, b, c) },
    { inputs: [real(1, 4), real(4, 1)], build: matMul },
    { inputs: [real(4, 2), real(3, 4)], build: (a, b) => matMul(transpose(a), transpose(b)) },
  ],
  matMul: [
    { inputs: [real(2, 3, 4), real(2, 4, 2)], build: matMul },
    { inputs: [real(3, 4), real(2, 4, 2)], build: matMul },
    { inputs: [real(2, 3, 4), real(4, 2)], build: matMul },
    { inputs: [real(2, 3, 4), real(4, 2), real(2)], build: (x, weight, bias) => project(x, weight, bias) },
    { inputs: [real(1, 3, 4), real(2, 4, 2)], build: matMul },
  ],

  transpose: [
    { inputs: [real(2, 3)], build: (x) => transpose(x) },
    { inputs: [real(2, 3, 4)], build: (x) => transpose(x, [2, 0, 1]) },
  ],
  reshape: [
    { inputs: [real(2, 3)], build: (x) => reshape(x, [3, 2]) },
    { inputs: [real(2, 3)], build: (x) => reshape(x, [-1]) },
    { inputs: [real()], build: (x) => reshape(x, [1, 1]) },
  ],
  broadcastTo: [
    { inputs: [real(3)], build: (x) => broadcastTo(x, [2, 3]) },
    { inputs: [real(2, 1)], build: (x) => broadcastTo(x, [2, 3]) },
    { inputs: [real()], build: (x) => broadcastTo(x, [2, 2]) },
  ],
  concat: [
    { inputs: [real(2), real(3)], build: (a, b) => concat([a, b]) },
    { inputs: [real(2, 1), real(2, 3), real(2, 2)], build: (...parts) => concat(parts, -1) },
  ],
  slice: [
    { inputs: [real(5)], build: (x) => slice(x, 0, 1, 3) },
    { inputs: [real(3, 4, 2)], build: (x) => slice(x, 1, 2, 4) },
    { inputs: [real(6)], build: (x) => mul(slice(x, 0, 0, 4), slice(x, 0, 2, 6)) },
    { inputs: [real(6)], build: (x) => mul(slice(x, 0, 0, 2), slice(x, 0, 3, 5)) },
  ],
  split: [
    { inputs: [real(5)], build: (x) => pairwise(mul, [split(x, [2, 1, 2])[0], split(x, [2, 1, 2])[2]]) },
    { inputs: [real(2, 4)], build: (x) => pairwise(sub, split(x, [2, 2], 1)) },
    { inputs: [real(6)], build: (x) => mul(split(x, [2, 4])[1], split(x, [4, 2])[0]) },
  ],
  pad: [
    { inputs: [real(2)], build: (x) => pad(x, 0, 1, 2) },
    { inputs: [real(2, 3)], build: (x) => pad(x, 1, 0, 2) },
  ],
  gather: [
    { inputs: [real(4, 2), below(4, 5)], build: gather },
    { inputs: [real(4), below(4, 2, 3)], build: gather },
    { inputs: [real(4, 2), below(4)], build: gather },
    { inputs: [real(3, 4), below(4, 3)], build: gatherLast },
    { inputs: [real(2, 3, 4), below(4, 2, 3)], build: gatherLast },
  ],
  scatterAdd: [
    { inputs: [real(7), below(3, 7)], build: (updates, index) => scatterAdd(updates, index, 5) },
    { inputs: [real(6, 2, 2), below(2, 6)], build: (updates, index) => scatterAdd(updates, index, 2) },
    { inputs: [real(5, 2), below(3, 5)], build: (updates, index) => scatterAdd(updates, index, 3) },
    { inputs: [real(2, 3), below(4, 2, 3)], build: (updates, index) => scatterAdd(updates, index, 4) },
  ],

  distinct: [
    { inputs: [below(3, 6), real(3, 2)], build: sharedRows },
    { inputs: [below(9, 5), real(9, 2, 2)], build: sharedRows },
  ],

  sum: reductionCases(sum),
  mean: reductionCases(mean),
  max: reductionCases(max),
  norm: reductionCases(norm),

  softmax: [...unaryCases((x) => softmax(x)).slice(1), { inputs: [real(3, 2)], build: (x) => softmax(x, 0) }],
  logSoftmax: [...unaryCases((x) => logSoftmax(x)).slice(1), { inputs: [real(3, 2)], build: (x) => logSoftmax(x, 0) }],
  layerNorm: [
    { inputs: [real(3, 4), real(4), real(4)], build: (x, gain, bias) => layerNorm(x, gain, bias) },
    { inputs: [real(2, 3, 4), real(4), real(4)], build: (x, gain, bias) => layerNorm(x, gain, bias, 0.1) },
  ],
};

/** What a case is about: its inputs, what it gives, and the gradients of a weighted sum of that. */
export interface OpGraph {
  readonly inputs: readonly Node<"input">[];
  readonly feeds: Readonly<Record<string, Float64Array>>;
  readonly output: Node;
  readonly loss: Node;
}

/** A case as a graph, its inputs named after `name`, fed from `rng`. */
export function opGraph({ inputs, build }: OpCase, name: string, rng: Rng): OpGraph {
  const nodes = inputs.map(({ shape, values }, at) => input(`${name}.x${at}`, shape, dtypeOf(values)));
  const output = build(...nodes);
  const weights = Float64Array.from({ length: count(output.shape) }, () => 2 * rng.uniform() - 1);
  const feeds = inputs.map(({ shape, values }) => Float64Array.from({ length: count(shape) }, () => draw(values, rng)));
  return {
    inputs: nodes,
    feeds: Object.fromEntries(nodes.map((node, at) => [node.attributes.name, feeds[at]])),
    output,
    loss: sum(mul(output, constant(weights, fixedShape(output.shape)))),
  };
}

function draw(values: Values, rng: Rng): number {
  if (values === "real") return Math.fround(4 * rng.uniform() - 2);
  if (values === "positive") return Math.fround(0.5 + 2 * rng.uniform());
  return rng.integer(values === "truth" ? 2 : values);
}

function dtypeOf(values: Values): DType {
  return values === "truth" ? "bool" : typeof values === "number" ? "int64" : "float32";
}
