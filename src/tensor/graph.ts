/** @file Nodes of a symbolic graph: what is computed, of which shape, from what. Nothing is computed here. */
import { invariant } from "#base/invariant.ts";

export type DType = "float32" | "int64" | "bool";

/** A size, or the name of a size that is known only when the model runs, e.g. `"batch"`; see also `product`. */
export type Dim = number | string;

export type Shape = readonly Dim[];

type None = Readonly<Record<string, never>>;

interface Reduction {
  /** Ascending and not negative. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Every op with its attributes. A name here without a definition in `ops/table.ts` does not compile. */
export interface OpAttributes {
  input: { readonly name: string };
  constant: { readonly values: Float64Array };

  add: None;
  sub: None;
  mul: None;
  div: None;
  neg: None;
  exp: None;
  log: None;
  sqrt: None;
  square: None;
  abs: None;
  tanh: None;
  sigmoid: None;
  relu: None;
  erf: None;
  softplus: None;

  minimum: None;
  maximum: None;
  clamp: { readonly min: number; readonly max: number };
  less: None;
  lessOrEqual: None;
  greater: None;
  equal: None;
  and: None;
  where: None;
  cast: { readonly to: DType };
  stopGradient: None;

  gemm: { readonly transA: boolean; readonly transB: boolean; readonly alpha: number; readonly beta: number };
  matMul: None;

  transpose: { readonly permutation: readonly number[] };
  reshape: { readonly shape: Shape };
  broadcastTo: { readonly shape: Shape };
  concat: { readonly axis: number };
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  split: { readonly axis: number; readonly sizes: readonly number[]; readonly part: number };
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  gather: None;
  scatterAdd: { readonly rows: Dim };
  distinct: { readonly part: "values" | "places"; readonly size: string };

  sum: Reduction;
  mean: Reduction;
  max: Reduction;
  norm: Reduction;

  softmax: { readonly axis: number };
  logSoftmax: { readonly axis: number };
  layerNorm: { readonly epsilon: number };
}

export type OpName = keyof OpAttributes;

/** One value of a graph: immutable, and the same object wherever it is used. */
export interface Node<Op extends OpName = OpName> {
  readonly op: Op;
  readonly inputs: readonly Node[];
  readonly shape: Shape;
  readonly dtype: DType;
  readonly attributes: OpAttributes[Op];
}

/** A value that is fed when the graph runs. */
export function input(name: string, shape: Shape, dtype: DType = "float32"): Node<"input"> {
  checkName(name);
  return { op: "input", inputs: [], shape, dtype, attributes: { name } };
}

/** Throws unless the name can be one of a value from outside: it is not empty and begins with no underscore. */
export function checkName(name: string): void {
  invariant(/^[^_]/.test(name), "names begin with no underscore: those are for values without a name", { name });
}

/** Numbers known now: one number alone is a scalar, a list without a shape is `[n]`. Booleans are 0 and 1. */
export function constant(
  values: ArrayLike<number> | number,
  shape?: readonly number[],
  dtype: DType = "float32",
): Node<"constant"> {
  const data = typeof values === "number" ? Float64Array.of(values) : Float64Array.from(values);
  const dims = shape ?? (typeof values === "number" ? [] : [data.length]);
  invariant(data.length === count(dims), "a constant holds as many numbers as its shape says", {
    found: data.length,
    shape: showShape(dims),
  });
  return { op: "constant", inputs: [], shape: dims, dtype, attributes: { values: data } };
}

/** Is this node of that op? Narrows its attributes. */
export function is<Op extends OpName>(node: Node, op: Op): node is Node<Op> {
  return node.op === op;
}

export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** The shape as plain numbers. Throws for a symbolic one. */
export function fixedShape(shape: Shape): readonly number[] {
  invariant(
    shape.every((dim) => typeof dim === "number"),
    "shapes are plain numbers where they are computed with",
    { shape: showShape(shape) },
  );
  return shape;
}

/** The size of one axis, which may be counted from the end. */
export function sizeAt(shape: Shape, axis: number): number {
  return fixedShape([shape.at(axis)!])[0];
}

/** How many numbers a value of this shape holds. */
export function count(shape: Shape): number {
  return fixedShape(shape).reduce((so, dim) => so * dim, 1);
}

/** The size that axes of these sizes have together; of named ones a name again, e.g. `"60·bars"`. */
export function product(dims: Shape): Dim {
  const known = dims.reduce<number>((so, dim) => (typeof dim === "number" ? so * dim : so), 1);
  const names = dims.filter((dim) => typeof dim === "string");
  return names.length === 0 ? known : [...(known === 1 ? [] : [known]), ...names].join("·");
}

/** The shape of an element-wise result, by NumPy's rules: aligned at the last axis, ones stretch. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    invariant(left === right || left === 1 || right === 1, "shapes broadcast: aligned at the end, equal or one", {
      left: showShape(a),
      right: showShape(b),
    });
    return left === 1 ? right : left;
  });
}

/** An axis counted from the end becomes one counted from the start. */
export function axisOf(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  invariant(Number.isInteger(axis) && positive >= 0 && positive < rank, "an axis lies inside the shape", {
    axis,
    rank,
  });
  return positive;
}

/** All nodes that the outputs need, each after its inputs, in an order that depends on the graph alone. */
export function inOrder(outputs: readonly Node[]): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  for (const output of outputs) {
    if (seen.has(output)) continue;
    seen.add(output);
    stack.push({ node: output, next: 0 });
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const child = top.node.inputs[top.next++];
      if (child === undefined) order.push(stack.pop()!.node);
      else if (!seen.has(child)) {
        seen.add(child);
        stack.push({ node: child, next: 0 });
      }
    }
  }
  return order;
}
