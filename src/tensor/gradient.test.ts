/** @file Gradients of whole graphs: known values, sharing, pruning, and the flat vector. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { gradients } from "./gradient.ts";
import { constant, count, inOrder, input } from "./graph.ts";
import type { Node } from "./graph.ts";
import { abs, add, exp, mul, neg, relu, square, sub, tanh } from "./ops/elementwise.ts";
import { clamp, less, maximum, minimum, stopGradient } from "./ops/logic.ts";
import { matMul } from "./ops/linalg.ts";
import { reshape, slice, split } from "./ops/movement.ts";
import { mean, sum } from "./ops/reduction.ts";
import { evaluate } from "./reference.ts";

function ops(nodes: readonly Node[]): string[] {
  return inOrder(nodes).map((node) => node.op);
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((so, value, at) => so + value * y[at], 0);
}

function slopeAt(build: (x: Node) => Node, at: number): number {
  const x = input("x", []);
  return evaluate({ g: gradients(build(x), [x])[0] }, { x: [at] }).g[0];
}

test("differentiates a gradient again", () => {
  const x = input("x", []);
  const [first] = gradients(tanh(mul(x, x)), [x]);
  const [second] = gradients(first, [x]);
  const at = 0.7;
  const t = Math.tanh(at * at);
  const bend = 2 * (1 - t * t) - 8 * at * at * t * (1 - t * t);
  expect(evaluate({ second }, { x: [at] }).second[0]).toBeCloseTo(bend, 12);
});

test("adds up what comes from every use of a node", () => {
  expect(slopeAt((x) => add(mul(x, x), mul(x, 3)), 2)).toBeCloseTo(7, 12);
});

test("gives zeros for a parameter that the loss does not depend on", () => {
  const x = input("x", []);
  const unused = input("unused", [2, 2]);
  const [, none] = gradients(square(x), [x, unused]);
  expect(none.shape).toEqual([2, 2]);
  expect([...evaluate({ none }).none]).toEqual([0, 0, 0, 0]);
});

test("stops where it is told to stop", () => {
  expect(slopeAt((x) => mul(x, stopGradient(x)), 3)).toBe(3);
});

test("takes the documented side where a slope jumps", () => {
  expect(slopeAt(relu, 0), "relu").toBe(0);
  expect(slopeAt(abs, 0), "abs").toBe(1);
  expect(
    slopeAt((x) => clamp(x, -1, 1), 1),
    "clamp at its limit",
  ).toBe(1);
  expect(
    slopeAt((x) => minimum(x, 0), 0),
    "minimum, first of two equals",
  ).toBe(1);
  expect(
    slopeAt((x) => minimum(0, x), 0),
    "minimum, second of two equals",
  ).toBe(0);
  expect(
    slopeAt((x) => maximum(x, 0), 0),
    "maximum, first of two equals",
  ).toBe(1);
  expect(
    slopeAt((x) => maximum(0, x), 0),
    "maximum, second of two equals",
  ).toBe(0);
});

test("makes nothing for inputs that are no parameters", () => {
  const x = input("x", [4, 3]);
  const w = input("w", [3, 2]);
  const found = ops(gradients(mean(matMul(x, w)), [w]));
  expect(found.filter((op) => op === "gemm")).toHaveLength(1);
});

test("writes the gradients of a product as products with flags, without a transpose", () => {
  const a = input("a", [4, 3]);
  const b = input("b", [3, 2]);
  const all = gradients(sum(square(matMul(a, b))), [a, b]);
  expect(ops(all)).not.toContain("transpose");
});

test("lays the gradients of the parts of a flat vector side by side", () => {
  const flat = input("flat", [7]);
  const [a, b] = split(flat, [2, 4, 1]);
  const [gradient] = gradients(add(sum(square(a)), sum(exp(reshape(b, [2, 2])))), [flat]);
  expect(gradient.op).toBe("concat");
  const found = evaluate({ gradient }, { flat: [1, 2, 0, 0, 0, 0, 9] }).gradient;
  expect([...found]).toEqual([2, 4, 1, 1, 1, 1, 0]);
});

test("adds overlapping parts instead of laying them side by side", () => {
  const x = input("x", [3]);
  const loss = add(sum(slice(x, 0, 0, 2)), mul(sum(slice(x, 0, 1, 3)), 2));
  expect([...evaluate({ g: gradients(loss, [x])[0] }, { x: [0, 0, 0] }).g]).toEqual([1, 3, 2]);
});

test("keeps Euler's identity when shapes are stretched: a·∂f/∂a = f for f linear in a", () => {
  const dims = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.boolean()), { maxLength: 4 });
  fc.assert(
    fc.property(dims, fc.nat(4), fc.nat(4), fc.integer(), (axes, dropA, dropB, seed) => {
      const shapeA = axes.map(([dim, one]) => (one ? 1 : dim)).slice(dropA);
      const shapeB = axes.map(([dim, , one]) => (one ? 1 : dim)).slice(dropB);
      const [a, b] = [input("a", shapeA), input("b", shapeB)];
      const rng = createRng(seed);
      const draw = (node: Node): Float64Array => Float64Array.from({ length: count(node.shape) }, () => rng.normal());
      const feeds = { a: draw(a), b: draw(b) };
      const loss = sum(mul(a, b));
      const [byA, byB] = gradients(loss, [a, b]);
      const found = evaluate({ loss, byA, byB }, feeds);
      expect(dot(feeds.a, found.byA)).toBeCloseTo(found.loss[0], 9);
      expect(dot(feeds.b, found.byB)).toBeCloseTo(found.loss[0], 9);
    }),
  );
});

test("refuses a loss that is not one number", () => {
  const x = input("x", [2]);
  expect(() => gradients(x, [x])).toThrow("a loss is one float32 number");
  expect(() => gradients(less(sum(x), 0), [x])).toThrow("a loss is one float32 number");
});

test("simplifies what has no effect while the graph is built", () => {
  const x = input("x", [3]);
  expect(mul(x, 1)).toBe(x);
  expect(add(x, 0)).toBe(x);
  expect(sub(x, 0)).toBe(x);
  expect(neg(neg(x))).toBe(x);
  expect(ops([mul(mul(mul(x, 2), 3), 4)])).toEqual(["input", "constant", "mul"]);
  expect(ops([add(x, neg(x))])).toEqual(["input", "sub"]);
  expect(ops([sum(reshape(x, [3, 1]), 1)])).toEqual(["input"]);
  expect(ops([exp(constant([1, 2]))])).toEqual(["constant"]);
  expect(ops([mul(x, constant([1, 1, 1]))])).toEqual(["input"]);
  expect(mul(x, constant(1)), "a scalar one").toBe(x);
  expect(mul(x, constant([1, 1], [2, 1])).shape, "a one that stretches is kept").toEqual([2, 3]);
});
