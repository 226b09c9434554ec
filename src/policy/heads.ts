/** @file Numbers of several heads that stand side by side, head by head, as nodes of a graph. */
import type { Dim, Node } from "#tensor/graph.ts";
import { concat, reshape, split } from "#tensor/ops/movement.ts";

/** `[B, Σ sizes]` as `[B, heads, actions]`: one node where all heads have as many actions, else one of one head for each. */
export function byHead(x: Node, sizes: readonly number[]): Node[] {
  const [batch] = x.shape;
  const [actions] = sizes;
  if (sizes.every((size) => size === actions)) return [reshape(x, [batch, sizes.length, actions])];
  return split(x, sizes, 1).map((head, at) => reshape(head, [batch, 1, sizes[at]]));
}

/** What `byHead` took apart, `[B, Σ sizes]` again. */
export function sideBySide(heads: readonly Node[], batch: Dim): Node {
  return concat(
    heads.map((head) => reshape(head, [batch, Number(head.shape[1]) * Number(head.shape[2])])),
    1,
  );
}
