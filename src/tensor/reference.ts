/** @file Evaluates graphs in plain TypeScript and double precision: slow, obvious, the oracle of the tests. */
import { invariant } from "#base/invariant.ts";
import { count, fixedShape, inOrder, is, showShape } from "./graph.ts";
import type { Node } from "./graph.ts";
import { definitionOf } from "./ops/table.ts";
import type { Tensor } from "./ops/definition.ts";

/** The outputs of a graph of fixed shapes for the values fed, by name; booleans are 0 and 1. */
export function evaluate<Name extends string>(
  outputs: Readonly<Record<Name, Node>>,
  feeds: Readonly<Record<string, ArrayLike<number>>> = {},
): Record<Name, Float64Array> {
  const values = new Map<Node, Tensor>();
  for (const node of inOrder(Object.values(outputs))) {
    values.set(node, { shape: fixedShape(node.shape), data: valueOf(node, values, feeds) });
  }
  return Object.fromEntries(
    Object.entries<Node>(outputs).map(([name, node]) => [name, values.get(node)!.data]),
  ) as Record<Name, Float64Array>;
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
