/** @file Element-wise arithmetic and activations, with NumPy's broadcasting. */
import { invariant } from "#base/invariant.ts";
import { broadcastShape, constant, count, is, sameShape } from "../graph.ts";
import type { Node } from "../graph.ts";
import { as, builder, pair, requireFloats, uniformValue } from "./definition.ts";
import type { Definitions, OpDefinition, Operand, Tensor } from "./definition.ts";
import { greater, less, where } from "./logic.ts";
import { unstretch } from "./reduction.ts";

/** For each element of the result, the index into an operand that is stretched to it. */
export function stretchedIndex(from: readonly number[], to: readonly number[]): (at: number) => number {
  if (sameShape(from, to)) return (at) => at;
  const strides = new Int32Array(to.length);
  for (let axis = to.length - 1, stride = 1; axis >= 0; axis--) {
    const size = from[axis - to.length + from.length] ?? 1;
    strides[axis] = size === 1 ? 0 : stride;
    stride *= size;
  }
  return (at) => {
    let index = 0;
    for (let axis = to.length - 1, rest = at; axis >= 0; axis--) {
      index += (rest % to[axis]) * strides[axis];
      rest = Math.floor(rest / to[axis]);
    }
    return index;
  };
}

/** Applies a function of numbers to tensors stretched to one shape. */
export function zip(inputs: readonly Tensor[], apply: (...values: number[]) => number): Float64Array {
  const shape = inputs.map((tensor) => tensor.shape).reduce((a, b) => broadcastShape(a, b) as readonly number[]);
  const indices = inputs.map((tensor) => stretchedIndex(tensor.shape, shape));
  return Float64Array.from({ length: count(shape) }, (_, at) =>
    apply(...inputs.map((tensor, operand) => tensor.data[indices[operand](at)])),
  );
}

type Unary = "neg" | "exp" | "log" | "sqrt" | "square" | "abs" | "tanh" | "sigmoid" | "relu" | "erf" | "softplus";
type Binary = "add" | "sub" | "mul" | "div";

/** @param slope the gradient by the input, from the upstream one `g`, the input `x` and the output `y`. */
function unary<Op extends Unary>(
  type: string,
  apply: (x: number) => number,
  slope: (g: Node, x: Node, y: Node) => Node,
  simplify?: (x: Node) => Node | undefined,
): OpDefinition<Op> {
  return {
    infer: ([x]) => {
      requireFloats(type, [x]);
      return { shape: x.shape, dtype: "float32" };
    },
    ...(simplify && { simplify: (inputs: readonly Node[]) => simplify(inputs[0]) }),
    gradient: (node, upstream) => [slope(upstream, node.inputs[0], node)],
    lower: as(type),
    evaluate: (_node, [x]) => x.data.map(apply),
  };
}

/** @param slopes the gradients by both inputs, before they are summed over stretched axes. */
function binary<Op extends Binary>(
  type: string,
  apply: (a: number, b: number) => number,
  slopes: (g: Node, a: Node, b: Node, y: Node) => readonly [Node, Node],
  simplify: (a: Node, b: Node) => Node | undefined,
): OpDefinition<Op> {
  return {
    infer: ([a, b]) => {
      invariant(a.dtype === b.dtype && a.dtype !== "bool", "arithmetic works on numbers of one type", {
        operation: type,
        left: a.dtype,
        right: b.dtype,
      });
      // A quotient of whole numbers would be cut off by the run-time and not by the reference.
      if (type === "Div") requireFloats(type, [a]);
      return { shape: broadcastShape(a.shape, b.shape), dtype: a.dtype };
    },
    simplify: ([a, b]) => (a.dtype === "float32" ? simplify(a, b) : undefined),
    gradient: (node, upstream) => {
      const [a, b] = node.inputs;
      const [byA, byB] = slopes(upstream, a, b, node);
      return [unstretch(byA, node.shape, a.shape), unstretch(byB, node.shape, b.shape)];
    },
    lower: as(type),
    evaluate: (_node, inputs) => zip(inputs, apply),
  };
}

/** `kept` alone, if dropping the other operand, all of whose elements are `value`, changes neither value nor shape. */
function without(kept: Node, dropped: Node, value: number): Node | undefined {
  const shape = broadcastShape(kept.shape, dropped.shape);
  return uniformValue(dropped) === value && sameShape(kept.shape, shape) ? kept : undefined;
}

/** `factor · node` where the factor is a scalar constant. */
function scaled(node: Node): { factor: number; rest: Node } | undefined {
  if (is(node, "neg")) return { factor: -1, rest: node.inputs[0] };
  if (!is(node, "mul")) return undefined;
  const [a, b] = node.inputs;
  if (is(a, "constant") && a.shape.length === 0) return { factor: a.attributes.values[0], rest: b };
  if (is(b, "constant") && b.shape.length === 0) return { factor: b.attributes.values[0], rest: a };
  return undefined;
}

/** x·c, with chains of scalar factors multiplied out and −1 as a negation. */
function scale(x: Node, factor: number): Node | undefined {
  if (factor === -1) return neg(x);
  const inner = scaled(x);
  return inner && mul(inner.rest, factor * inner.factor);
}

function simplifiedProduct(a: Node, b: Node): Node | undefined {
  const one = without(a, b, 1) ?? without(b, a, 1);
  if (one) return one;
  if (is(b, "constant") && b.shape.length === 0) return scale(a, b.attributes.values[0]);
  if (is(a, "constant") && a.shape.length === 0) return scale(b, a.attributes.values[0]);
  if (is(a, "neg") && is(b, "neg")) return mul(a.inputs[0], b.inputs[0]);
  return undefined;
}

/** erf by its Taylor series near zero and a continued fraction beyond, to double precision (DLMF 7.6.1, 7.9.3). */
function erfValue(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 6) return Math.sign(x);
  if (magnitude < 2.5) {
    let term = x;
    let series = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(series); n++) {
      term *= (-x * x) / n;
      series += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * series;
  }
  let fraction = magnitude;
  for (let n = 60; n >= 1; n--) fraction = magnitude + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-x * x) / fraction / Math.sqrt(Math.PI));
}

export const elementwise: Definitions<Unary | Binary> = {
  add: binary(
    "Add",
    (a, b) => a + b,
    (g) => [g, g],
    (a, b) => {
      if (is(b, "neg")) return sub(a, b.inputs[0]);
      if (is(a, "neg")) return sub(b, a.inputs[0]);
      return without(a, b, 0) ?? without(b, a, 0);
    },
  ),
  sub: binary(
    "Sub",
    (a, b) => a - b,
    (g) => [g, neg(g)],
    (a, b) => (is(b, "neg") ? add(a, b.inputs[0]) : without(a, b, 0)),
  ),
  mul: binary(
    "Mul",
    (a, b) => a * b,
    (g, a, b) => [mul(g, b), mul(g, a)],
    simplifiedProduct,
  ),
  div: binary(
    "Div",
    (a, b) => a / b,
    (g, _a, b, y) => [div(g, b), neg(mul(g, div(y, b)))],
    (a, b) => without(a, b, 1),
  ),

  neg: unary(
    "Neg",
    (x) => -x,
    (g) => neg(g),
    (x) => {
      if (is(x, "neg")) return x.inputs[0];
      if (is(x, "sub")) return sub(x.inputs[1], x.inputs[0]);
      const inner = scaled(x);
      return inner && mul(inner.rest, -inner.factor);
    },
  ),
  exp: unary("Exp", Math.exp, (g, _x, y) => mul(g, y)),
  log: unary("Log", Math.log, (g, x) => div(g, x)),
  sqrt: unary("Sqrt", Math.sqrt, (g, _x, y) => div(mul(g, 0.5), y)),
  // x·x rather than an operator of its own: the run-time has none that is faster.
  square: {
    ...unary<"square">(
      "Mul",
      (x) => x * x,
      (g, x) => mul(g, mul(x, 2)),
    ),
    lower: (_node, [x], to) => to.emit("Mul", [x, x]),
  },
  /** At zero the slope is taken as 1. */
  abs: unary("Abs", Math.abs, (g, x) => where(less(x, 0), neg(g), g)),
  /** 1 − y², written on the output so that the run-time can fuse the activation into the product before it. */
  tanh: unary("Tanh", Math.tanh, (g, _x, y) => mul(g, sub(1, square(y)))),
  sigmoid: unary(
    "Sigmoid",
    (x) => 1 / (1 + Math.exp(-x)),
    (g, _x, y) => mul(g, sub(y, square(y))),
  ),
  /** At zero the slope is taken as 0. */
  relu: unary(
    "Relu",
    (x) => Math.max(x, 0),
    (g, _x, y) => where(greater(y, 0), g, 0),
  ),
  erf: unary("Erf", erfValue, (g, x) => mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  softplus: unary(
    "Softplus",
    (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    (g, x) => mul(g, sigmoid(x)),
  ),
};

const build = builder<Unary | Binary>(elementwise);

export const add = (a: Operand, b: Operand): Node => build("add", pair(a, b), {});
export const sub = (a: Operand, b: Operand): Node => build("sub", pair(a, b), {});
export const mul = (a: Operand, b: Operand): Node => build("mul", pair(a, b), {});
export const div = (a: Operand, b: Operand): Node => build("div", pair(a, b), {});
export const neg = (x: Node): Node => build("neg", [x], {});
export const exp = (x: Node): Node => build("exp", [x], {});
export const log = (x: Node): Node => build("log", [x], {});
export const sqrt = (x: Node): Node => build("sqrt", [x], {});
export const square = (x: Node): Node => build("square", [x], {});
export const abs = (x: Node): Node => build("abs", [x], {});
export const tanh = (x: Node): Node => build("tanh", [x], {});
export const sigmoid = (x: Node): Node => build("sigmoid", [x], {});
export const relu = (x: Node): Node => build("relu", [x], {});
export const erf = (x: Node): Node => build("erf", [x], {});
/** log(1 + eˣ). */
export const softplus = (x: Node): Node => build("softplus", [x], {});

/** x·Φ(x) with the normal distribution function Φ (Hendrycks and Gimpel, 2016), exact, not by tanh. */
export const gelu = (x: Node): Node => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));

/** The sum of some nodes; of none, zero. */
export function total(nodes: readonly Node[]): Node {
  return nodes.reduce<Node | undefined>((sum, node) => (sum ? add(sum, node) : node), undefined) ?? constant(0);
}
