/** @file Takes out of a graph what does not change between its runs, to be computed once before them. */
import { input, inOrder, is } from "./graph.ts";
import type { Node } from "./graph.ts";

export interface Hoisted<Name extends string> {
  /** What is computed once, by the names of the inputs that take it in `after`. Empty where nothing is to be had. */
  readonly before: Readonly<Record<string, Node>>;
  /** The same outputs, from what varies and from what was computed before. */
  readonly after: Readonly<Record<Name, Node>>;
}

/**
 * Splits a graph in two: what depends on `large` (a table, say) and not on `varying`, and the rest. A run of `before` and many of `after`
 * give what as many runs of the whole would.
 */
export function hoist<Name extends string>(
  outputs: Readonly<Record<Name, Node>>,
  large: Node | undefined,
  varying: readonly Node[],
): Hoisted<Name> {
  const reached = (from: readonly Node[]): Set<Node> => {
    const set = new Set<Node>(from);
    for (const node of order) if (node.inputs.some((each) => set.has(each))) set.add(node);
    return set;
  };
  const order = inOrder(Object.values<Node>(outputs));
  const [ofLarge, varies] = [reached(large ? [large] : []), reached(varying)];
  const before: Record<string, Node> = {};
  const copies = new Map<Node, Node>();
  for (const node of order) {
    const leaf = is(node, "input") || is(node, "constant");
    if (ofLarge.has(node) && !varies.has(node) && !leaf) continue;
    const inputs = node.inputs.map((each) => {
      if (!copies.has(each)) {
        const name = `before.${Object.keys(before).length}`;
        before[name] = each;
        copies.set(each, input(name, each.shape, each.dtype));
      }
      return copies.get(each)!;
    });
    copies.set(node, leaf ? node : { ...node, inputs });
  }
  const after = Object.fromEntries(
    Object.entries<Node>(outputs).map(([name, node]) => [name, copies.get(node) ?? node]),
  );
  return { before, after: after as Record<Name, Node> };
}
