/** @file Ops that move numbers without changing them: other shapes, parts, joins, look-ups. */
import { invariant } from "#base/invariant.ts";
import { axisOf, constant, count, fixedShape, is, sameShape, showShape, sizeAt } from "../graph.ts";
import type { Dim, Node, Shape } from "../graph.ts";
import { builder, requireFloats } from "./definition.ts";
import type { Definitions, Emitter, Tensor } from "./definition.ts";
import { distinct, sumOfEach } from "./distinct.ts";
import { stretchedIndex } from "./elementwise.ts";
import { cast, equal, where } from "./logic.ts";
import { sum, unstretch } from "./reduction.ts";

type Movement =
  | "transpose"
  | "reshape"
  | "broadcastTo"
  | "concat"
  | "slice"
  | "split"
  | "pad"
  | "gather"
  | "scatterAdd"
  | "distinct";

function withAxis(shape: Shape, axis: number, dim: Dim): Shape {
  return shape.map((old, at) => (at === axis ? dim : old));
}

/** The blocks of a tensor along an axis: `outer` runs of `length · inner` numbers. */
function blocks(shape: readonly number[], axis: number): { outer: number; length: number; inner: number } {
  return { outer: count(shape.slice(0, axis)), length: shape[axis], inner: count(shape.slice(axis + 1)) };
}

/** Copies `length` places along an axis from one tensor into another. */
function copyAlong(
  axis: number,
  length: number,
  from: { tensor: Tensor; start: number },
  to: { tensor: Tensor; start: number },
): void {
  const source = blocks(from.tensor.shape, axis);
  const target = blocks(to.tensor.shape, axis);
  for (let block = 0; block < source.outer; block++) {
    const begin = (block * source.length + from.start) * source.inner;
    const values = from.tensor.data.subarray(begin, begin + length * source.inner);
    to.tensor.data.set(values, (block * target.length + to.start) * target.inner);
  }
}

function zeros(shape: Shape): Tensor {
  return { shape: fixedShape(shape), data: new Float64Array(count(shape)) };
}

/** A stored shape for ONNX; the one symbolic size it may hold is left to the run-time. */
function storeShape(shape: Shape, to: Emitter): string {
  const unknown = shape.filter((dim) => typeof dim === "string").length;
  invariant(unknown <= 1, "a new shape holds at most one symbolic size", { shape: showShape(shape) });
  const dims = shape.map((dim) => (typeof dim === "string" ? -1 : dim));
  return to.store(dims, [dims.length], "int64");
}

export const movement: Definitions<Movement> = {
  transpose: {
    infer: ([x], { permutation }) => {
      invariant(
        sameShape(
          [...permutation].sort((a, b) => a - b),
          x.shape.map((_, axis) => axis),
        ),
        "a permutation names each axis once",
        { permutation: showShape(permutation), shape: showShape(x.shape) },
      );
      return { shape: permutation.map((axis) => x.shape[axis]), dtype: x.dtype };
    },
    simplify: ([x], { permutation }) => {
      if (permutation.every((from, axis) => from === axis)) return x;
      if (!is(x, "transpose")) return undefined;
      const inner = x.attributes.permutation;
      return transpose(
        x.inputs[0],
        permutation.map((axis) => inner[axis]),
      );
    },
    gradient: (node, upstream) => {
      const { permutation } = node.attributes;
      return [
        transpose(
          broadcastTo(upstream, node.shape),
          permutation.map((_, axis) => permutation.indexOf(axis)),
        ),
      ];
    },
    lower: ({ attributes: { permutation } }, [x], to) => to.emit("Transpose", [x], { perm: permutation }),
    evaluate: (node, [x]) => {
      const { permutation } = node.attributes;
      const strides = x.shape.map((_, axis) => count(x.shape.slice(axis + 1)));
      const shape = fixedShape(node.shape);
      return x.data.map((_, at) => {
        let from = 0;
        for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
          from += (rest % shape[axis]) * strides[permutation[axis]];
          rest = Math.floor(rest / shape[axis]);
        }
        return x.data[from];
      });
    },
  },

  reshape: {
    infer: ([x], { shape }) => {
      const fixed = [...x.shape, ...shape].every((dim) => typeof dim === "number");
      invariant(!fixed || count(x.shape) === count(shape), "a reshape keeps the count of numbers", {
        from: showShape(x.shape),
        to: showShape(shape),
      });
      return { shape, dtype: x.dtype };
    },
    simplify: ([x], { shape }) => {
      if (sameShape(x.shape, shape)) return x;
      return is(x, "reshape") ? reshape(x.inputs[0], shape) : undefined;
    },
    gradient: (node, upstream) => [reshape(broadcastTo(upstream, node.shape), node.inputs[0].shape)],
    lower: ({ attributes: { shape } }, [x], to) => to.emit("Reshape", [x, storeShape(shape, to)]),
    evaluate: (_node, [x]) => x.data.slice(),
  },

  broadcastTo: {
    infer: ([x], { shape }) => {
      const fits = x.shape.every((dim, axis) => {
        const target = shape[axis - x.shape.length + shape.length];
        return dim === 1 ? target !== undefined : dim === target;
      });
      invariant(fits, "a shape is stretched only along ones", { from: showShape(x.shape), to: showShape(shape) });
      return { shape, dtype: x.dtype };
    },
    simplify: ([x], { shape }) => (sameShape(x.shape, shape) ? x : undefined),
    gradient: (node, upstream) => [unstretch(upstream, node.shape, node.inputs[0].shape)],
    lower: ({ attributes: { shape } }, [x], to) => {
      const dims = fixedShape(shape);
      return to.emit("Expand", [x, to.store(dims, [dims.length], "int64")]);
    },
    evaluate: (node, [x]) => {
      const shape = fixedShape(node.shape);
      const index = stretchedIndex(x.shape, shape);
      return Float64Array.from({ length: count(shape) }, (_, at) => x.data[index(at)]);
    },
  },

  concat: {
    infer: (inputs, { axis }) => {
      const first = inputs[0];
      for (const { shape, dtype } of inputs) {
        invariant(
          dtype === first.dtype && sameShape(withAxis(shape, axis, 0), withAxis(first.shape, axis, 0)),
          "joined tensors agree in type and in every other axis",
          { first: showShape(first.shape), found: showShape(shape), axis },
        );
      }
      const length = inputs.reduce((so, { shape }) => so + sizeAt(shape, axis), 0);
      return { shape: withAxis(first.shape, axis, length), dtype: first.dtype };
    },
    simplify: (inputs) => (inputs.length === 1 ? inputs[0] : undefined),
    gradient: (node, upstream) => {
      const { axis } = node.attributes;
      const sizes = node.inputs.map(({ shape }) => sizeAt(shape, axis));
      return split(broadcastTo(upstream, node.shape), sizes, axis);
    },
    lower: ({ attributes: { axis } }, inputs, to) => joined(inputs, axis, to),
    evaluate: (node, inputs) => {
      const result = zeros(node.shape);
      let start = 0;
      for (const tensor of inputs) {
        const length = tensor.shape[node.attributes.axis];
        copyAlong(node.attributes.axis, length, { tensor, start: 0 }, { tensor: result, start });
        start += length;
      }
      return result.data;
    },
  },

  slice: {
    infer: ([x], { axis, start, end }) => {
      const dim = x.shape[axis];
      invariant(0 <= start && start < end && (typeof dim === "string" || end <= dim), "a slice lies inside its axis", {
        start,
        end,
        dim,
      });
      return { shape: withAxis(x.shape, axis, end - start), dtype: x.dtype };
    },
    simplify: ([x], { axis, start, end }) => (start === 0 && end === x.shape[axis] ? x : undefined),
    gradient: (node, upstream) => {
      const { axis, start, end } = node.attributes;
      const length = sizeAt(node.inputs[0].shape, axis);
      return [pad(broadcastTo(upstream, node.shape), axis, start, length - end)];
    },
    lower: ({ attributes: { axis, start, end } }, [x], to) =>
      to.emit("Slice", [x, ...[start, end, axis].map((value) => to.store([value], [1], "int64"))]),
    evaluate: (node, [x]) => {
      const { axis, start, end } = node.attributes;
      const result = zeros(node.shape);
      copyAlong(axis, end - start, { tensor: x, start }, { tensor: result, start: 0 });
      return result.data;
    },
  },

  /** One part of a split; all parts of one tensor become one ONNX node. */
  split: {
    infer: ([x], { axis, sizes, part }) => {
      invariant(sizes.reduce((a, b) => a + b, 0) === x.shape[axis], "the parts of a split fill its axis", {
        sizes: showShape(sizes),
        shape: showShape(x.shape),
        axis,
      });
      return { shape: withAxis(x.shape, axis, sizes[part]), dtype: x.dtype };
    },
    simplify: ([x], { sizes }) => (sizes.length === 1 ? x : undefined),
    gradient: (node, upstream) => {
      const { axis, sizes, part } = node.attributes;
      const before = sizes.slice(0, part).reduce((a, b) => a + b, 0);
      const after = sizeAt(node.inputs[0].shape, axis) - before - sizes[part];
      return [pad(broadcastTo(upstream, node.shape), axis, before, after)];
    },
    lower: ({ attributes: { axis, sizes, part } }, [x], to) => {
      const parts = to.shared(`split ${x} ${axis} ${sizes.join()}`, () => parted(x, sizes, axis, to));
      return parts[part];
    },
    evaluate: (node, [x]) => {
      const { axis, sizes, part } = node.attributes;
      const start = sizes.slice(0, part).reduce((a, b) => a + b, 0);
      const result = zeros(node.shape);
      copyAlong(axis, sizes[part], { tensor: x, start }, { tensor: result, start: 0 });
      return result.data;
    },
  },

  pad: {
    infer: ([x], { axis, before, after }) => ({
      shape: withAxis(x.shape, axis, sizeAt(x.shape, axis) + before + after),
      dtype: x.dtype,
    }),
    simplify: ([x], { before, after }) => (before === 0 && after === 0 ? x : undefined),
    gradient: (node, upstream) => {
      const { axis, before } = node.attributes;
      const end = before + sizeAt(node.inputs[0].shape, axis);
      return [slice(broadcastTo(upstream, node.shape), axis, before, end)];
    },
    lower: (node, [x], to) => {
      const { axis, before, after } = node.attributes;
      const rank = node.shape.length;
      const pads = Array.from({ length: 2 * rank }, (_, at) => (at === axis ? before : at === rank + axis ? after : 0));
      return to.emit("Pad", [x, to.store(pads, [2 * rank], "int64")]);
    },
    evaluate: (node, [x]) => {
      const { axis, before } = node.attributes;
      const result = zeros(node.shape);
      copyAlong(axis, x.shape[axis], { tensor: x, start: 0 }, { tensor: result, start: before });
      return result.data;
    },
  },

  gather: {
    infer: ([table, indices]) => {
      invariant(indices.dtype === "int64" && table.shape.length > 0, "rows of a table are looked up by int64", {
        indices: indices.dtype,
        table: showShape(table.shape),
      });
      return { shape: [...indices.shape, ...table.shape.slice(1)], dtype: table.dtype };
    },
    gradient: (node, upstream) => {
      const [table, indices] = node.inputs;
      return [scatterAdd(broadcastTo(upstream, node.shape), indices, table.shape[0]), undefined];
    },
    lower: (_node, inputs, to) => to.emit("Gather", inputs, { axis: 0 }),
    evaluate: (node, [table, indices]) => {
      const width = count(table.shape.slice(1));
      const result = new Float64Array(count(node.shape));
      indices.data.forEach((row, at) => {
        checkRow(row, table.shape[0]);
        result.set(table.data.subarray(row * width, (row + 1) * width), at * width);
      });
      return result;
    },
  },

  scatterAdd: {
    infer: ([updates, indices], { rows }) => {
      const rank = indices.shape.length;
      invariant(
        indices.dtype === "int64" && sameShape(updates.shape.slice(0, rank), indices.shape),
        "each index has its update",
        { updates: showShape(updates.shape), indices: showShape(indices.shape) },
      );
      requireFloats("scatterAdd", [updates]);
      return { shape: [rows, ...updates.shape.slice(rank)], dtype: "float32" };
    },
    gradient: (node, upstream) => [gather(broadcastTo(upstream, node.shape), node.inputs[1]), undefined],
    lower: (node, [updates, indices], to) => sumOfEach(node, updates, indices, to),
    evaluate: (node, [updates, indices]) => {
      const result = zeros(node.shape).data;
      const rows = sizeAt(node.shape, 0);
      const width = result.length / rows;
      indices.data.forEach((row, at) => {
        checkRow(row, rows);
        for (let column = 0; column < width; column++) {
          result[row * width + column] += updates.data[at * width + column];
        }
      });
      return result;
    },
  },

  distinct,
};

function checkRow(row: number, rows: number): void {
  invariant(row >= 0 && row < rows, "an index names a row of its table", { row, rows });
}

const build = builder<Movement>(movement);

/** Axes in a new order; by default reversed. */
export function transpose(x: Node, permutation: readonly number[] = x.shape.map((_, axis) => axis).toReversed()): Node {
  return build("transpose", [x], { permutation });
}

/** The same numbers in another shape. One size may be −1, to be worked out from the rest. */
export function reshape(x: Node, shape: Shape): Node {
  const open = shape.indexOf(-1);
  if (open < 0) return build("reshape", [x], { shape });
  const rest = count(shape.map((dim, axis) => (axis === open ? 1 : dim)));
  return build("reshape", [x], { shape: shape.map((dim, axis) => (axis === open ? count(x.shape) / rest : dim)) });
}

export function broadcastTo(x: Node, shape: Shape): Node {
  return build("broadcastTo", [x], { shape });
}

export function concat(nodes: readonly Node[], axis = 0): Node {
  return build("concat", nodes, { axis: axisOf(axis, nodes[0].shape.length) });
}

/** Places `start` to `end` (not included) of one axis. */
export function slice(x: Node, axis: number, start: number, end: number): Node {
  return build("slice", [x], { axis: axisOf(axis, x.shape.length), start, end });
}

/** Neighbouring parts of the given sizes, one ONNX node for all. */
export function split(x: Node, sizes: readonly number[], axis = 0): Node[] {
  const along = axisOf(axis, x.shape.length);
  return sizes.map((_, part) => build("split", [x], { axis: along, sizes, part }));
}

/** Zeros before and after, along one axis. */
export function pad(x: Node, axis: number, before: number, after: number): Node {
  return build("pad", [x], { axis: axisOf(axis, x.shape.length), before, after });
}

/** Rows of a table `[R, …]` by number: indices `[…]` (int64, 0 to R − 1) give `[…, …]`. */
export function gather(table: Node, indices: Node): Node {
  return build("gather", [table, indices], {});
}

/**
 * A table of so many rows that starts as zeros and has each update added to the row that its index names. Rows of a number
 * known only at run time are those of a `distinct`: each index is named at least once.
 */
export function scatterAdd(updates: Node, indices: Node, rows: Dim): Node {
  return build("scatterAdd", [updates, indices], { rows });
}

/**
 * The different numbers of a list `[N]` (int64), ascending, and the place of each in them: `values[places[n]] = list[n]`.
 * How many there are is known at run time only: `size` names it, and names the sizes of one graph apart.
 */
export function distinctOf(list: Node, size: string): { readonly values: Node; readonly places: Node } {
  return {
    values: build("distinct", [list], { part: "values", size }),
    places: build("distinct", [list], { part: "places", size }),
  };
}

/** Which place of a last axis of this size each index names, as bool: `[…]` int64 to `[…, size]`. */
function hot(index: Node, size: number): Node {
  const places = constant(
    Float64Array.from({ length: size }, (_, at) => at),
    [size],
    "int64",
  );
  return equal(reshape(index, [...index.shape, 1]), places);
}

/** 1 at the place that each index names and 0 elsewhere: `[…]` int64 to `[…, size]` float32. */
export function oneHot(index: Node, size: number): Node {
  return cast(hot(index, size), "float32");
}

/** The element of the last axis that each index names: x `[…, A]`, index `[…]` int64 give `[…]`. */
export function gatherLast(x: Node, index: Node): Node {
  const size = sizeAt(x.shape, -1);
  // A choice and a sum rather than GatherElements: fewer nodes, backward as well, and −∞ elsewhere does no harm.
  return sum(where(hot(index, size), x, 0), -1);
}

/** Parts of a tensor along an axis; by way of larger parts where they are more than one node may give. */
function parted(x: string, sizes: readonly number[], axis: number, to: Emitter): readonly string[] {
  if (sizes.length <= to.mostParts) {
    return to.emitMany("Split", [x, to.store(sizes, [sizes.length], "int64")], sizes.length, { axis });
  }
  const groups = grouped(sizes, to.mostParts);
  const larger = parted(
    x,
    groups.map((group) => group.reduce((a, b) => a + b, 0)),
    axis,
    to,
  );
  return groups.flatMap((group, at) => (group.length === 1 ? [larger[at]] : parted(larger[at], group, axis, to)));
}

/** Tensors joined along an axis; by way of larger parts where they are more than one node may take. */
function joined(inputs: readonly string[], axis: number, to: Emitter): string {
  if (inputs.length === 1) return inputs[0];
  if (inputs.length <= to.mostParts) return to.emit("Concat", inputs, { axis });
  const groups = grouped(inputs, to.mostParts);
  return joined(
    groups.map((group) => joined(group, axis, to)),
    axis,
    to,
  );
}

/** A list as so many lists at most, in order, of nearly the same length. */
function grouped<Item>(items: readonly Item[], groups: number): Item[][] {
  const length = Math.ceil(items.length / groups);
  return Array.from({ length: Math.ceil(items.length / length) }, (_, at) =>
    items.slice(at * length, (at + 1) * length),
  );
}
