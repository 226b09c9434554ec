/** @file Forests as one ONNX model, so that acting on boosted trees needs no code of ours. */
import { invariant } from "#base/invariant.ts";
import type { OnnxNode, OnnxValue } from "#tensor/onnx/model.ts";
import { classicalDomain, modelBytes } from "#tensor/onnx/model.ts";
import type { OnnxAttribute } from "#tensor/ops/definition.ts";
import { actingNames } from "../actor.ts";
import type { Forest } from "./forest.ts";
import { baseMargin } from "./forest.ts";

/** Names of the outputs: sums of the trees; and what they stand for: values, probabilities of 1, or those of the classes. */
export const forestNames = { logits: "logits", predictions: "predictions" } as const;

/**
 * The ONNX model of forests that look at the same features, with the inputs of every acting model.
 * In: `market` `[batch, features]`; `account` `[batch, accountSize]`, which trees do not look at. Out: `logits` (sums of the
 * trees) and `predictions` (what they stand for), each `[batch, Σ outputs]`, forest after forest.
 * @param metadata stored in the file
 */
export function forestModel(
  forests: readonly Forest[],
  accountSize: number,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const [{ features }] = forests;
  invariant(
    forests.every((forest) => forest.features === features),
    "the forests of one model look at the same features",
    { features: forests.map((forest) => forest.features).join() },
  );
  const nodes = forests.flatMap((forest, f) => forestNodes(forest, f));
  const outputs = forests.reduce((sum, forest) => sum + forest.outputs, 0);
  const joined = (name: string): OnnxNode => ({
    type: "Concat",
    inputs: forests.map((_, f) => `${name}${f}`),
    outputs: [name],
    attributes: { axis: 1 },
  });
  const value = (name: string, width: number): OnnxValue => ({ name, shape: ["batch", width], dtype: "float32" });
  return modelBytes(
    {
      name: "forest",
      nodes: [...nodes, joined(forestNames.logits), joined(forestNames.predictions)],
      initializers: [],
      inputs: [value(actingNames.market, features), value(actingNames.account, accountSize)],
      outputs: [value(forestNames.logits, outputs), value(forestNames.predictions, outputs)],
    },
    metadata,
  );
}

function forestNodes(forest: Forest, f: number): OnnxNode[] {
  const logits = `${forestNames.logits}${f}`;
  const predictions = `${forestNames.predictions}${f}`;
  const ensemble: OnnxNode = {
    type: "TreeEnsembleRegressor",
    domain: classicalDomain,
    inputs: [actingNames.market],
    outputs: [logits],
    attributes: ensembleAttributes(forest),
  };
  const meaning = { "squared-error": "Identity", logistic: "Sigmoid", softmax: "Softmax" }[forest.objective];
  const attributes = forest.objective === "softmax" ? { axis: 1 } : {};
  return [ensemble, { type: meaning, inputs: [logits], outputs: [predictions], attributes }];
}

/** Trees as the parallel lists that ONNX asks for: one entry for each node, one for each leaf. */
function ensembleAttributes({
  objective,
  outputs,
  baseScore,
  trees,
  treeOutput,
}: Forest): Record<string, OnnxAttribute> {
  const ids: number[] = [];
  const nodes: number[] = [];
  const modes: string[] = [];
  const features: number[] = [];
  const thresholds: number[] = [];
  const lefts: number[] = [];
  const rights: number[] = [];
  const missing: number[] = [];
  const leafTrees: number[] = [];
  const leafNodes: number[] = [];
  const leafOutputs: number[] = [];
  const leafValues: number[] = [];
  trees.forEach(({ feature, threshold, left, right, defaultLeft, value }, tree) => {
    feature.forEach((column, node) => {
      const isLeaf = column < 0;
      ids.push(tree);
      nodes.push(node);
      modes.push(isLeaf ? "LEAF" : "BRANCH_LT");
      features.push(isLeaf ? 0 : column);
      thresholds.push(isLeaf ? 0 : threshold[node]);
      lefts.push(isLeaf ? 0 : left[node]);
      rights.push(isLeaf ? 0 : right[node]);
      missing.push(isLeaf ? 0 : defaultLeft[node]);
      if (!isLeaf) return;
      leafTrees.push(tree);
      leafNodes.push(node);
      leafOutputs.push(treeOutput[tree]);
      leafValues.push(value[node]);
    });
  });
  return {
    n_targets: outputs,
    aggregate_function: "SUM",
    post_transform: "NONE",
    base_values: { floats: baseScore.map((score) => baseMargin(objective, score)) },
    nodes_treeids: ids,
    nodes_nodeids: nodes,
    nodes_modes: modes,
    nodes_featureids: features,
    nodes_values: { floats: thresholds },
    nodes_truenodeids: lefts,
    nodes_falsenodeids: rights,
    nodes_missing_value_tracks_true: missing,
    target_treeids: leafTrees,
    target_nodeids: leafNodes,
    target_ids: leafOutputs,
    target_weights: { floats: leafValues },
  };
}
