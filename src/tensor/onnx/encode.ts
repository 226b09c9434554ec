/** @file A graph as the bytes of an ONNX model. */
import { invariant } from "#base/invariant.ts";
import { inOrder, is } from "../graph.ts";
import type { Node } from "../graph.ts";
import { createScope } from "./lowering.ts";
import { modelBytes } from "./model.ts";

/** The inputs that some nodes need, in a fixed order. Throws if two different inputs have one name. */
function inputsOf(outputs: readonly Node[]): readonly Node<"input">[] {
  const inputs = inOrder(outputs).filter((node) => is(node, "input"));
  const names = new Set(inputs.map((node) => node.attributes.name));
  invariant(names.size === inputs.length, "inputs of a graph have names of their own", {
    names: inputs.map((node) => node.attributes.name).join(),
  });
  return inputs;
}

/**
 * A model that takes the graph's inputs by their names and gives these outputs by theirs.
 * @param metadata stored in the file as `metadata_props`, in this order
 */
export function encodeModel(
  outputs: Readonly<Record<string, Node>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const scope = createScope();
  const inputs = inputsOf(Object.values(outputs)).map((node) => {
    const { name } = node.attributes;
    invariant(!(name in outputs), "inputs and outputs of a model have different names", { name });
    scope.bind(node, name);
    return { name, shape: node.shape, dtype: node.dtype };
  });
  const results = Object.entries(outputs).map(([name, node]) => {
    scope.rename(scope.result(node), name);
    return { name, shape: node.shape, dtype: node.dtype };
  });
  return modelBytes(scope.finish("graph", inputs, results), metadata);
}
