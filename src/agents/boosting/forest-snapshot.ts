/** @file Trees that have grown as a snapshot's arrays, and the forest that they make. */
import type { Snapshot } from "#env/env.ts";
import type { Forest, Tree } from "#policy/trees/forest.ts";
import type { BoostingConfig } from "./config.ts";

/** Arrays of a tree and their types; each has an entry for every node. */
const treeArrays = {
  feature: Int32Array,
  threshold: Float32Array,
  left: Int32Array,
  right: Int32Array,
  defaultLeft: Uint8Array,
  value: Float32Array,
  gain: Float32Array,
  cover: Float32Array,
} as const satisfies Record<keyof Tree, unknown>;

const names = Object.keys(treeArrays) as (keyof Tree)[];

/** All nodes of all trees, one after the other, and how many each tree has. */
export function treesSnapshot(trees: readonly Tree[]): Snapshot {
  const nodes = Int32Array.from(trees, ({ feature }) => feature.length);
  const all = nodes.reduce((sum, count) => sum + count, 0);
  const joined = names.map((name) => {
    const values = new treeArrays[name](all);
    let at = 0;
    for (const tree of trees) {
      values.set(tree[name], at);
      at += tree[name].length;
    }
    return [name, values] as const;
  });
  return { nodes, ...Object.fromEntries(joined) };
}

/** What `treesSnapshot` was given, to the bit. */
export function restoredTrees(snapshot: Snapshot): Tree[] {
  let at = 0;
  return Array.from(snapshot["nodes"], (count) => {
    const own = names.map((name) => [name, treeArrays[name].from(snapshot[name].subarray(at, at + count))] as const);
    at += count;
    return Object.fromEntries(own) as unknown as Tree;
  });
}

/** Outputs of a forest: one for each class of softmax, else one. */
export function outputsOf({ objective, classes }: BoostingConfig): number {
  return objective === "softmax" ? classes : 1;
}

/** The forest of trees that grew round by round, one for each output in a round. */
export function grownForest(
  config: BoostingConfig,
  featureNames: readonly string[],
  baseScore: number,
  trees: readonly Tree[],
): Forest {
  const outputs = outputsOf(config);
  return {
    objective: config.objective,
    features: featureNames.length,
    featureNames: [...featureNames],
    outputs,
    baseScore: Array.from({ length: outputs }, () => baseScore),
    trees,
    treeOutput: trees.map((_, t) => t % outputs),
  };
}
