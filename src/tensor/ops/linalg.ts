/** @file Matrix products. Their gradients are products with the transposed flags set, never explicit transposes. */
import { invariant } from "#base/invariant.ts";
import { broadcastShape, constant, count, fixedShape, is, product, showShape } from "../graph.ts";
import type { Node, OpAttributes } from "../graph.ts";
import { builder, requireFloats } from "./definition.ts";
import type { Definitions, Tensor } from "./definition.ts";
import { mul, stretchedIndex } from "./elementwise.ts";
import { broadcastTo, reshape, transpose } from "./movement.ts";
import { unstretch } from "./reduction.ts";

type Linalg = "gemm" | "matMul";

/** total[m, n] += alpha · a[m, k] · b[k, n], each matrix given by where it starts and its two strides. */
function multiply(
  [M, N, K]: readonly [number, number, number],
  alpha: number,
  a: { data: Float64Array; start: number; row: number; column: number },
  b: { data: Float64Array; start: number; row: number; column: number },
  total: { data: Float64Array; start: number },
): void {
  for (let m = 0; m < M; m++) {
    for (let k = 0; k < K; k++) {
      const left = alpha * a.data[a.start + m * a.row + k * a.column];
      for (let n = 0; n < N; n++) {
        total.data[total.start + m * N + n] += left * b.data[b.start + k * b.row + n * b.column];
      }
    }
  }
}

function strides(columns: number, transposed: boolean): { row: number; column: number } {
  return transposed ? { row: 1, column: columns } : { row: columns, column: 1 };
}

export const linalg: Definitions<Linalg> = {
  /** α·op(A)·op(B) + β·C, where op may transpose and C broadcasts; one ONNX Gemm. */
  gemm: {
    infer: ([a, b, c], { transA, transB }) => {
      requireFloats("gemm", c ? [a, b, c] : [a, b]);
      invariant(a.shape.length === 2 && b.shape.length === 2, "a matrix product takes two matrices", {
        left: showShape(a.shape),
        right: showShape(b.shape),
      });
      const [rows, inner] = transA ? [a.shape[1], a.shape[0]] : [a.shape[0], a.shape[1]];
      const [depth, columns] = transB ? [b.shape[1], b.shape[0]] : [b.shape[0], b.shape[1]];
      const shape = [rows, columns];
      invariant(inner === depth, "the inner sizes of a matrix product agree", {
        left: showShape(a.shape),
        right: showShape(b.shape),
        transA,
        transB,
      });
      invariant(c === undefined || showShape(broadcastShape(c.shape, shape)) === showShape(shape), "an addend fits", {
        addend: showShape(c?.shape ?? []),
        product: showShape(shape),
      });
      return { shape, dtype: "float32" };
    },
    simplify: ([a, b, c], attributes) => {
      const rest = c ? [c] : [];
      const { transA, transB } = attributes;
      if (is(a, "transpose")) return build("gemm", [a.inputs[0], b, ...rest], { ...attributes, transA: !transA });
      if (is(b, "transpose")) return build("gemm", [a, b.inputs[0], ...rest], { ...attributes, transB: !transB });
      return undefined;
    },
    gradient: (node, upstream) => {
      const [a, b] = node.inputs;
      const c = node.inputs.at(2);
      const { transA, transB, alpha, beta } = node.attributes;
      const g = broadcastTo(upstream, node.shape);
      const by = (left: Node, right: Node, flags: Flags): Node => gemm(left, right, undefined, { ...flags, alpha });
      return [
        transA ? by(b, g, { transA: transB, transB: true }) : by(g, b, { transB: !transB }),
        transB ? by(g, a, { transA: true, transB: transA }) : by(a, g, { transA: !transA }),
        ...(c ? [mul(byAddend(g, c), beta)] : []),
      ];
    },
    lower: ({ attributes: { transA, transB, alpha, beta } }, inputs, to) =>
      to.emit("Gemm", inputs, {
        ...(alpha !== 1 && { alpha: { float: alpha } }),
        ...(beta !== 1 && { beta: { float: beta } }),
        ...(transA && { transA: 1 }),
        ...(transB && { transB: 1 }),
      }),
    evaluate: (node, [a, b, c]) => {
      const { transA, transB, alpha, beta } = node.attributes;
      const [M, N] = fixedShape(node.shape) as [number, number];
      const K = a.shape[transA ? 0 : 1];
      const data = new Float64Array(M * N);
      if (c) {
        const index = stretchedIndex(c.shape, [M, N]);
        for (let at = 0; at < data.length; at++) data[at] = beta * c.data[index(at)];
      }
      const left = { data: a.data, start: 0, ...strides(a.shape[1], transA) };
      const right = { data: b.data, start: 0, ...strides(b.shape[1], transB) };
      multiply([M, N, K], alpha, left, right, { data, start: 0 });
      return data;
    },
  },

  /** Products of the last two axes, batched over the axes before, which broadcast. */
  matMul: {
    infer: ([a, b]) => {
      requireFloats("matMul", [a, b]);
      const [left, right] = [a.shape, b.shape];
      invariant(
        left.length >= 2 && right.length >= 2 && left.at(-1) === right.at(-2),
        "the inner sizes of a batched product agree",
        { left: showShape(left), right: showShape(right) },
      );
      const batch = broadcastShape(left.slice(0, -2), right.slice(0, -2));
      return { shape: [...batch, left.at(-2)!, right.at(-1)!], dtype: "float32" };
    },
    gradient: (node, upstream) => {
      const [a, b] = node.inputs;
      const g = broadcastTo(upstream, node.shape);
      const byA = matMul(g, swapLast(b));
      const byB = matMul(swapLast(a), g);
      return [unstretch(byA, byA.shape, a.shape), unstretch(byB, byB.shape, b.shape)];
    },
    // A transposed operand is written as Transpose here; the run-time fuses it into the product.
    lower: (_node, inputs, to) => to.emit("MatMul", inputs),
    evaluate: (node, [a, b]) => batchedProduct(fixedShape(node.shape), a, b),
  },
};

/** The gradient by the addend of a product. For a row, as a bias is, the run-time sums fastest by a product with ones. */
function byAddend(g: Node, c: Node): Node {
  const [rows, columns] = g.shape;
  const row = count(c.shape) === columns && c.shape.at(-1) === columns;
  if (!row || rows === 1 || typeof rows === "string") return unstretch(g, g.shape, c.shape);
  return reshape(gemm(constant(new Float64Array(rows).fill(1), [1, rows]), g), c.shape);
}

function batchedProduct(shape: readonly number[], a: Tensor, b: Tensor): Float64Array {
  const [M, N] = shape.slice(-2) as [number, number];
  const K = a.shape.at(-1)!;
  const batch = shape.slice(0, -2);
  const leftIndex = stretchedIndex(a.shape.slice(0, -2), batch);
  const rightIndex = stretchedIndex(b.shape.slice(0, -2), batch);
  const data = new Float64Array(count(shape));
  for (let at = 0; at < count(batch); at++) {
    const left = { data: a.data, start: leftIndex(at) * M * K, row: K, column: 1 };
    const right = { data: b.data, start: rightIndex(at) * K * N, row: N, column: 1 };
    multiply([M, N, K], 1, left, right, { data, start: at * M * N });
  }
  return data;
}

function swapLast(x: Node): Node {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

const build = builder<Linalg>(linalg);

type Flags = Partial<OpAttributes["gemm"]>;

/** α·op(A)·op(B) + β·C over matrices: A `[M, K]`, B `[K, N]` as they stand after the transposes, C up to `[M, N]`. */
export function gemm(a: Node, b: Node, c?: Node, flags: Flags = {}): Node {
  return build("gemm", c ? [a, b, c] : [a, b], { transA: false, transB: false, alpha: 1, beta: 1, ...flags });
}

/** Matrix product `[M, K]·[K, N]`, or batched over leading axes, which broadcast. */
export function matMul(a: Node, b: Node): Node {
  return a.shape.length === 2 && b.shape.length === 2 ? gemm(a, b) : build("matMul", [a, b], {});
}

/** x·W + b over the last axis of `[…, K]`, with W `[K, N]` and b `[N]`: one product, whatever the axes before. */
export function project(x: Node, weight: Node, bias?: Node): Node {
  const before = x.shape.slice(0, -1);
  const rows = reshape(x, [product(before), x.shape.at(-1)!]);
  return reshape(gemm(rows, weight, bias), [...before, weight.shape[1]]);
}
