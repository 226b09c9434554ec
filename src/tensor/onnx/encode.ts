/** @file A graph as the bytes of an ONNX model. */
import { inOrder, is } from "../graph.ts";
import type { Node } from "../graph.ts";
import type { LoweringOptions } from "./lowering.ts";
import { createScope } from "./lowering.ts";
import { modelBytes } from "./model.ts";

/**
 * A model that takes the graph's inputs by their names and gives these outputs by theirs.
 * @param metadata stored in the file as `metadata_props`, in this order
 */
export function encodeModel(
  outputs: Readonly<Record<string, Node>>,
  metadata: Readonly<Record<string, string>> = {},
  options: LoweringOptions = {},
): Uint8Array {
  const scope = createScope(options);
  const inputs = inOrder(Object.values(outputs)).filter((node) => is(node, "input"));
  const values = inputs.map((node) => {
    const { name } = node.attributes;
    scope.bind(node, name);
    return { name, shape: node.shape, dtype: node.dtype };
  });
  const results = Object.entries(outputs).map(([name, node]) => {
    scope.rename(scope.result(node), name);
    return { name, shape: node.shape, dtype: node.dtype };
  });
  return modelBytes(scope.finish("graph", values, results), metadata);
}
