/** @file Sums, means, maxima and norms over axes, and the sum that undoes broadcasting. */
import { axisOf, count, sizeAt } from "../graph.ts";
import type { Node, OpAttributes, Shape } from "../graph.ts";
import { builder, requireFloats } from "./definition.ts";
import type { Definitions, Emitter, OpDefinition, Tensor } from "./definition.ts";
import { abs, div, mul } from "./elementwise.ts";
import { cast, equal, maximum } from "./logic.ts";
import { reshape } from "./movement.ts";

type Reduction = "sum" | "mean" | "max" | "norm";
type Attributes = OpAttributes["sum"];

function reducedShape(shape: Shape, { axes, keepDims }: Attributes): Shape {
  return shape.flatMap((dim, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [dim]));
}

/** How many numbers go into one of the result. */
function reducedCount(shape: Shape, axes: readonly number[]): number {
  return count(axes.map((axis) => shape[axis]));
}

/** A value of the result's rank, with ones where axes were reduced away, so that it broadcasts to the input. */
function withOnes(value: Node, { axes, keepDims }: Attributes, rank: number): Node {
  if (keepDims || value.shape.length === 0) return value;
  const dims = [...value.shape];
  while (dims.length < rank - axes.length) dims.unshift(1);
  const kept = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : dims.shift()!));
  while (kept[0] === 1 && kept.length > 1) kept.shift(); // leading ones broadcast by themselves
  return reshape(value, kept);
}

function reduce(
  { shape, data }: Tensor,
  axes: readonly number[],
  start: number,
  merge: (total: number, value: number) => number,
): Float64Array {
  const strides = new Int32Array(shape.length);
  let size = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (axes.includes(axis)) continue;
    strides[axis] = size;
    size *= shape[axis];
  }
  const result = new Float64Array(size).fill(start);
  for (let at = 0; at < data.length; at++) {
    let to = 0;
    for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
      to += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    result[to] = merge(result[to], data[at]);
  }
  return result;
}

function reduction<Op extends Reduction>(
  gradient: (node: Node<Op>, upstream: Node) => Node,
  lower: (inputs: readonly string[], attributes: Attributes, to: Emitter) => string,
  evaluate: (x: Tensor, axes: readonly number[]) => Float64Array,
  ofOne: (x: Node) => Node = (x) => x,
): OpDefinition<Op> {
  return {
    infer: ([x], attributes) => {
      requireFloats("a reduction", [x]);
      return { shape: reducedShape(x.shape, attributes), dtype: "float32" };
    },
    simplify: ([x], attributes) =>
      attributes.axes.every((axis) => x.shape[axis] === 1)
        ? reshape(ofOne(x), reducedShape(x.shape, attributes))
        : undefined,
    gradient: (node, upstream) => [gradient(node, withOnes(upstream, node.attributes, node.inputs[0].shape.length))],
    lower: (node, inputs, to) => lower(inputs, node.attributes, to),
    evaluate: (node, [x]) => evaluate(x, node.attributes.axes),
  };
}

/** The older form of ONNX's reductions, axes as an attribute; opset 17 has changed it for sums only. */
const byAttribute =
  (type: string) =>
  ([x]: readonly string[], { axes, keepDims }: Attributes, to: Emitter): string =>
    to.emit(type, [x], { axes, keepdims: Number(keepDims) });

const sumOf = (x: Tensor, axes: readonly number[]): Float64Array => reduce(x, axes, 0, (a, b) => a + b);

export const reductions: Definitions<Reduction> = {
  sum: reduction(
    (_node, g) => g,
    ([x], { axes, keepDims }, to) =>
      to.emit("ReduceSum", [x, to.store(axes, [axes.length], "int64")], { keepdims: Number(keepDims) }),
    sumOf,
  ),
  mean: reduction(
    (node, g) => mul(g, 1 / reducedCount(node.inputs[0].shape, node.attributes.axes)),
    byAttribute("ReduceMean"),
    (x, axes) => {
      const inverse = 1 / reducedCount(x.shape, axes);
      return sumOf(x, axes).map((value) => value * inverse);
    },
  ),
  /** Where several elements are largest, they share the gradient equally. */
  max: reduction(
    (node, g) => {
      const x = node.inputs[0];
      const largest = withOnes(node, node.attributes, x.shape.length);
      const hits = cast(equal(x, largest), "float32");
      return mul(hits, div(g, sum(hits, node.attributes.axes, true)));
    },
    byAttribute("ReduceMax"),
    (x, axes) => reduce(x, axes, -Infinity, Math.max),
  ),
  /** Euclidean. Its slope at zero is taken as 0. */
  norm: reduction(
    (node, g) => {
      const x = node.inputs[0];
      const size = withOnes(node, node.attributes, x.shape.length);
      return mul(x, div(g, maximum(size, 1e-30)));
    },
    byAttribute("ReduceL2"),
    (x, axes) => reduce(x, axes, 0, (a, b) => a + b * b).map(Math.sqrt),
    (x) => abs(x),
  ),
};

const build = builder<Reduction>(reductions);

type Axes = number | readonly number[];

function reducer(op: Reduction): (x: Node, axes?: Axes, keepDims?: boolean) => Node {
  return (x, axes, keepDims = false) => {
    const rank = x.shape.length;
    const chosen = axes === undefined ? x.shape.map((_, axis) => axis) : typeof axes === "number" ? [axes] : axes;
    const sorted = [...new Set(chosen.map((axis) => axisOf(axis, rank)))].sort((a, b) => a - b);
    return build(op, [x], { axes: sorted, keepDims });
  };
}

/** Over the axes named, else over all. */
export const sum = reducer("sum");
export const mean = reducer("mean");
export const max = reducer("max");
/** Euclidean norm √Σx². */
export const norm = reducer("norm");

/**
 * The sum that undoes broadcasting: takes a gradient of (or stretchable to) the shape `from`, and gives one that
 * stretches to `to`, summed over every axis along which `to` had been stretched to `from`.
 */
export function unstretch(gradient: Node, from: Shape, to: Shape): Node {
  const rank = gradient.shape.length;
  const extra = Math.max(rank - to.length, 0);
  const summed: number[] = [];
  let factor = 1;
  for (let back = 1; back <= from.length; back++) {
    const full = from[from.length - back];
    if ((to[to.length - back] ?? 1) === full) continue;
    if ((gradient.shape[rank - back] ?? 1) === full) summed.push(rank - back);
    else factor *= sizeAt(from, from.length - back);
  }
  if (summed.length === extra && summed.every((axis) => axis < extra)) return mul(sum(gradient, summed), factor);
  const totals = sum(gradient, summed, true);
  return mul(reshape(totals, totals.shape.slice(extra)), factor);
}
