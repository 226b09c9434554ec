/** @file Reverse-mode differentiation: gradients are again nodes of the graph. */
import { invariant } from "#base/invariant.ts";
import { constant, count, inOrder, is, sameShape, showShape, sizeAt } from "./graph.ts";
import type { Node } from "./graph.ts";
import { total } from "./ops/elementwise.ts";
import { broadcastTo, concat } from "./ops/movement.ts";
import { definitionOf } from "./ops/table.ts";

/**
 * ∂loss/∂p for each parameter, in the parameter's shape; zeros where the loss does not depend on it. Only the nodes
 * that lead from a parameter to the loss are visited, so nothing is made that nobody needs.
 * @param loss a single float32 number
 */
export function gradients(loss: Node, parameters: readonly Node[]): Node[] {
  invariant(loss.dtype === "float32" && count(loss.shape) === 1, "a loss is one float32 number", {
    shape: showShape(loss.shape),
    dtype: loss.dtype,
  });
  const order = inOrder([loss]);
  const leading = new Set<Node>(parameters);
  for (const node of order) if (node.inputs.some((input) => leading.has(input))) leading.add(node);

  const contributions = new Map<Node, Node[]>([[loss, [constant(1)]]]);
  const adjoints = new Map<Node, Node>();
  for (const node of order.toReversed()) {
    const received = contributions.get(node);
    if (!received || !leading.has(node)) continue;
    const adjoint = accumulated(received);
    adjoints.set(node, adjoint);
    definitionOf(node)
      .gradient(node, adjoint)
      .forEach((gradient, at) => {
        const input = node.inputs[at];
        if (!gradient || !leading.has(input)) return;
        contributions.set(input, [...(contributions.get(input) ?? []), gradient]);
      });
  }
  return parameters.map((parameter) => broadcastTo(adjoints.get(parameter) ?? constant(0), parameter.shape));
}

/** The sum of what a node received; the gradients of its parts are laid side by side instead of added up. */
function accumulated(received: readonly Node[]): Node {
  const parts = received.filter((node) => is(node, "pad"));
  const rest = received.filter((node) => !is(node, "pad"));
  return total([...rest, ...(parts.length > 0 ? [joined(parts)] : [])]);
}

/**
 * Σ of padded parts; where they neither overlap nor differ in axis this is one concat, with zeros in the gaps. Zeros of a size
 * that is known at run time only are left to the pads.
 */
function joined(parts: readonly Node<"pad">[]): Node {
  const { axis } = parts[0].attributes;
  const sorted = parts.toSorted((a, b) => a.attributes.before - b.attributes.before);
  const [{ shape }] = sorted;
  const known = shape.every((dim) => typeof dim === "number");
  const pieces: Node[] = [];
  let end = 0;
  const reach = (start: number): boolean => {
    if (start === end) return true;
    if (start < end || !known) return false;
    const gap = shape.map((dim, at) => (at === axis ? start - end : dim));
    pieces.push(constant(new Float64Array(count(gap)), gap));
    return true;
  };
  for (const part of sorted) {
    const { axis: along, before } = part.attributes;
    if (along !== axis || !sameShape(part.shape, shape) || !reach(before)) return total(parts);
    pieces.push(part.inputs[0]);
    end = before + sizeAt(part.inputs[0].shape, axis);
  }
  return reach(sizeAt(shape, axis)) ? concat(pieces, axis) : total(parts);
}
