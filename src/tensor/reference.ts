/** @file Evaluates graphs in plain TypeScript and double precision: slow, obvious, the oracle of the tests. */
import { invariant } from "#base/invariant.ts";
import { count, fixedShape, inOrder, is, product, showShape } from "./graph.ts";
import type { Dim, Node } from "./graph.ts";
import { definitionOf } from "./ops/table.ts";
import type { Tensor } from "./ops/definition.ts";

/**
 * The outputs of a graph for the values fed, by name; booleans are 0 and 1. Its inputs have fixed shapes; a size that only its
 * values tell (of `distinctOf`) is found on the way.
 */
export function evaluate<Name extends string>(
  outputs: Readonly<Record<Name, Node>>,
  feeds: Readonly<Record<string, ArrayLike<number>>> = {},
): Record<Name, Float64Array> {
  const values = new Map<Node, Tensor>();
  const sizes = new Map<string, number>();
  for (const node of inOrder(Object.values(outputs))) values.set(node, tensorOf(node, values, feeds, sizes));
  return Object.fromEntries(
    Object.entries<Node>(outputs).map(([name, node]) => [name, values.get(node)!.data]),
  ) as Record<Name, Float64Array>;
}

function tensorOf(
  node: Node,
  values: ReadonlyMap<Node, Tensor>,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
  sizes: Map<string, number>,
): Tensor {
  if (is(node, "distinct")) {
    const { size, part } = node.attributes;
    const data = valueOf(node, values, feeds);
    const found = part === "values" ? data.length : data.reduce((most, place) => Math.max(most, place), -1) + 1;
    invariant((sizes.get(size) ?? found) === found, "a name stands for one size", {
      size,
      found,
      other: sizes.get(size),
    });
    sizes.set(size, found);
    return { shape: fixedShape(node.shape.map((dim) => sized(dim, sizes))), data };
  }
  const shape = fixedShape(node.shape.map((dim) => sized(dim, sizes)));
  return { shape, data: valueOf({ ...node, shape }, values, feeds) };
}

/** A size of `product`, its names replaced by what is known of them. */
function sized(dim: Dim, sizes: ReadonlyMap<string, number>): Dim {
  if (typeof dim === "number") return dim;
  const factors = dim.split("·").map((factor) => sizes.get(factor) ?? (/^\d+$/.test(factor) ? Number(factor) : factor));
  return product(factors);
}

function valueOf(
  node: Node,
  values: ReadonlyMap<Node, Tensor>,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
): Float64Array {
  if (is(node, "constant")) return node.attributes.values;
  if (!is(node, "input")) {
    return definitionOf(node).evaluate(
      node,
      node.inputs.map((input) => values.get(input)!),
    );
  }
  const { name } = node.attributes;
  const fed = feeds[name];
  invariant(fed?.length === count(node.shape), "each input is fed as many numbers as its shape says", {
    name,
    shape: showShape(node.shape),
    found: fed?.length,
  });
  return Float64Array.from(fed);
}
