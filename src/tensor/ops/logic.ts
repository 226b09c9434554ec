/** @file Comparisons, choices and limits. Where a slope jumps, the side taken is said here. */
import { invariant } from "#base/invariant.ts";
import { broadcastShape } from "../graph.ts";
import type { DType, Node } from "../graph.ts";
import { as, builder, pair, requireFloats } from "./definition.ts";
import type { Definitions, OpDefinition, Operand } from "./definition.ts";
import { zip } from "./elementwise.ts";
import { unstretch } from "./reduction.ts";

type Comparison = "less" | "lessOrEqual" | "greater" | "equal" | "and";
type Logic = Comparison | "minimum" | "maximum" | "clamp" | "where" | "cast" | "stopGradient";

/** A comparison is a step: it has no gradient. */
function comparison<Op extends Comparison>(type: string, apply: (a: number, b: number) => boolean): OpDefinition<Op> {
  return {
    infer: ([a, b]) => {
      invariant(a.dtype === b.dtype, "values that are compared are of one type", {
        operation: type,
        left: a.dtype,
        right: b.dtype,
      });
      return { shape: broadcastShape(a.shape, b.shape), dtype: "bool" };
    },
    gradient: () => [],
    lower: as(type),
    evaluate: (_node, inputs) => zip(inputs, (a, b) => Number(apply(a, b))),
  };
}

/** @param takesFirst where the first operand is the result; ties must count, so that its slope is whole there. */
function extremum<Op extends "minimum" | "maximum">(
  type: string,
  apply: (a: number, b: number) => number,
  takesFirst: (a: Node, b: Node) => Node,
): OpDefinition<Op> {
  return {
    infer: ([a, b]) => {
      requireFloats(type, [a, b]);
      return { shape: broadcastShape(a.shape, b.shape), dtype: "float32" };
    },
    gradient: (node, upstream) => {
      const [a, b] = node.inputs;
      const first = takesFirst(a, b);
      return [
        unstretch(where(first, upstream, 0), node.shape, a.shape),
        unstretch(where(first, 0, upstream), node.shape, b.shape),
      ];
    },
    lower: as(type),
    evaluate: (_node, inputs) => zip(inputs, apply),
  };
}

export const logic: Definitions<Logic> = {
  less: comparison("Less", (a, b) => a < b),
  lessOrEqual: comparison("LessOrEqual", (a, b) => a <= b),
  greater: comparison("Greater", (a, b) => a > b),
  equal: comparison("Equal", (a, b) => a === b),
  and: comparison("And", (a, b) => a !== 0 && b !== 0),

  /** Where both are equal, the whole gradient goes to the first. */
  minimum: extremum("Min", Math.min, (a, b) => lessOrEqual(a, b)),
  maximum: extremum("Max", Math.max, (a, b) => lessOrEqual(b, a)),

  /** At the limits themselves the slope is 1, beyond them 0. */
  clamp: {
    infer: ([x], { min, max }) => {
      requireFloats("clamp", [x]);
      invariant(min <= max, "a clamp has min <= max", { min, max });
      return { shape: x.shape, dtype: "float32" };
    },
    gradient: (node, upstream) => [where(equal(node, node.inputs[0]), upstream, 0)],
    lower: ({ attributes: { min, max } }, [x], to) =>
      to.emit("Clip", [x, to.store([min], [], "float32"), to.store([max], [], "float32")]),
    evaluate: ({ attributes: { min, max } }, [x]) => x.data.map((value) => Math.min(Math.max(value, min), max)),
  },
  where: {
    infer: ([condition, a, b]) => {
      invariant(condition.dtype === "bool" && a.dtype === b.dtype, "where chooses by a bool between one type", {
        condition: condition.dtype,
        left: a.dtype,
        right: b.dtype,
      });
      return { shape: broadcastShape(condition.shape, broadcastShape(a.shape, b.shape)), dtype: a.dtype };
    },
    gradient: (node, upstream) => {
      const [condition, a, b] = node.inputs;
      return [
        undefined,
        unstretch(where(condition, upstream, 0), node.shape, a.shape),
        unstretch(where(condition, 0, upstream), node.shape, b.shape),
      ];
    },
    lower: as("Where"),
    evaluate: (_node, inputs) => zip(inputs, (condition, a, b) => (condition ? a : b)),
  },

  /** To another type: a whole number or a truth has no slope. */
  cast: {
    infer: ([x], { to }) => ({ shape: x.shape, dtype: to }),
    simplify: ([x], { to }) => (x.dtype === to ? x : undefined),
    gradient: () => [],
    lower: ({ attributes }, [x], to) => to.emit("Cast", [x], { to: onnxType[attributes.to] }),
    evaluate: ({ attributes: { to } }, [x]) =>
      x.data.map((value) => (to === "bool" ? Number(value !== 0) : to === "int64" ? Math.trunc(value) : value)),
  },
  /** The value without its gradient. */
  stopGradient: {
    infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
    gradient: () => [],
    lower: (_node, [x]) => x,
    evaluate: (_node, [x]) => x.data.slice(),
  },
};

/** Numbers of the element types in ONNX (TensorProto.DataType). */
export const onnxType: Readonly<Record<DType, number>> = { float32: 1, int64: 7, bool: 9 };

const build = builder<Logic>(logic);

export const less = (a: Operand, b: Operand): Node => build("less", pair(a, b), {});
export const lessOrEqual = (a: Operand, b: Operand): Node => build("lessOrEqual", pair(a, b), {});
export const greater = (a: Operand, b: Operand): Node => build("greater", pair(a, b), {});
export const equal = (a: Operand, b: Operand): Node => build("equal", pair(a, b), {});
export const and = (a: Node, b: Node): Node => build("and", [a, b], {});
export const minimum = (a: Operand, b: Operand): Node => build("minimum", pair(a, b), {});
export const maximum = (a: Operand, b: Operand): Node => build("maximum", pair(a, b), {});
export const clamp = (x: Node, min: number, max: number): Node => build("clamp", [x], { min, max });
/** `a` where the condition holds, else `b`. */
export const where = (condition: Node, a: Operand, b: Operand): Node => build("where", [condition, ...pair(a, b)], {});
export const cast = (x: Node, to: DType): Node => build("cast", [x], { to });
export const stopGradient = (x: Node): Node => build("stopGradient", [x], {});
