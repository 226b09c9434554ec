/** @file The different numbers of a list, and sums over equal ones: how a batch computes once what its members share. */
import { invariant } from "#base/invariant.ts";
import { fixedShape, product } from "../graph.ts";
import type { Node } from "../graph.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { onnxType } from "./logic.ts";

/** Both parts of one list become one ONNX node. */
export const distinct: OpDefinition<"distinct"> = {
  infer: ([list], { part, size }) => {
    invariant(
      list.dtype === "int64" && list.shape.length === 1,
      "the different ones of a list of int64 are asked for",
      {
        dtype: list.dtype,
        rank: list.shape.length,
      },
    );
    return { shape: part === "values" ? [size] : list.shape, dtype: "int64" };
  },
  gradient: () => [],
  lower: ({ attributes: { part } }, [list], to) => unique(list, to)[part],
  evaluate: ({ attributes: { part } }, [list]) => {
    const values = Float64Array.from(new Set(list.data)).sort();
    if (part === "values") return values;
    const places = new Map(Array.from(values, (value, at) => [value, at]));
    return list.data.map((value) => places.get(value)!);
  },
};

interface Unique {
  readonly values: string;
  readonly places: string;
  readonly counts: string;
}

function unique(list: string, to: Emitter): Unique {
  return to.shared(`unique ${list}`, () => {
    const [values, , places, counts] = to.emitMany("Unique", [list], 4, { sorted: 1 });
    return { values, places, counts };
  });
}

/**
 * The ONNX form of scatterAdd. The run-time's own (ScatterND that adds) loses updates where several threads add to one row,
 * so equal indices are brought side by side, and the sum of each run is the difference of two running totals. These are
 * kept in double precision: a difference of large totals would be rounded away in single. On one core this takes about a
 * sixth of the time of a product of 1,275 columns with the same updates.
 */
export function sumOfEach(node: Node<"scatterAdd">, updates: string, indices: string, to: Emitter): string {
  const whole = (...values: number[]): string => to.store(values, [values.length], "int64");
  const width = fixedShape(node.shape.slice(1));
  const columns = product(width) as number;
  const flat = to.emit("Reshape", [indices, whole(-1)]);
  const rows = to.emit("Reshape", [updates, whole(-1, columns)]);

  const { values, places, counts } = unique(flat, to);
  const length = to.emit("Shape", [flat]);
  // Places as floats are exact up to 2²⁴, and the smaller position comes first among equals.
  const ordered = to.emitMany("TopK", [to.emit("Cast", [places], { to: onnxType.float32 }), length], 2, {
    axis: 0,
    largest: 0,
    sorted: 1,
  });
  const double = to.emit("Cast", [to.emit("Gather", [rows, ordered[1]], { axis: 0 })], { to: 11 });
  const running = to.emit("CumSum", [double, to.store([0], [], "int64")]);
  const ends = to.emit("Sub", [to.emit("CumSum", [counts, to.store([0], [], "int64")]), whole(1)]);
  const totals = to.emit("Gather", [running, ends], { axis: 0 });
  const before = to.emit("Pad", [totals, whole(1, 0, -1, 0)]);
  const sums = to.emit("Cast", [to.emit("Sub", [totals, before])], { to: onnxType.float32 });

  const shaped = to.emit("Reshape", [sums, whole(-1, ...width)]);
  const { rows: count } = node.attributes;
  if (typeof count === "string") return shaped;
  const start = to.emit("ConstantOfShape", [whole(count, ...width)]);
  return to.emit("ScatterND", [start, to.emit("Unsqueeze", [values, whole(1)]), shaped]);
}
