/** @file From a tree that has grown to one that can be kept, with numbers from the derivatives themselves. */
import type { Tree } from "#policy/trees/forest.ts";
import type { BoostingMemory } from "./memory.ts";
import { binStride } from "./memory.ts";
import type { SplitNode } from "./split.ts";
import { leafWeight, nodeGain } from "./split.ts";

/** Where only missing values go right, everything else must go left. */
const largestFloat = 3.4028234663852886e38;

/** The tree of an output after its round, which has so many nodes. */
export function grownTree(memory: BoostingMemory, output: number, nodes: number): Tree {
  const { trees, cuts, binCount, config } = memory;
  const base = output * trees.nodes;
  const tree: Tree = {
    feature: new Int32Array(nodes).fill(-1),
    threshold: new Float32Array(nodes),
    left: new Int32Array(nodes).fill(-1),
    right: new Int32Array(nodes).fill(-1),
    defaultLeft: new Uint8Array(nodes),
    value: new Float32Array(nodes),
    gain: new Float32Array(nodes),
    cover: new Float32Array(nodes),
  };
  const sums = (node: number): SplitNode => ({
    gradient: trees.exactGradient[base + node],
    hessian: trees.exactHessian[base + node],
    lower: trees.lower[base + node],
    upper: trees.upper[base + node],
  });
  // Children have larger numbers than their parents.
  for (let node = nodes - 1; node >= 0; node--) {
    const at = base + node;
    const [left, right] = [trees.left[at], trees.right[at]];
    if (left < 0) {
      tree.value[node] = Math.fround(trees.weight[at]) * Math.fround(config.learningRate);
    } else {
      trees.exactGradient[at] = trees.exactGradient[base + left] + trees.exactGradient[base + right];
      trees.exactHessian[at] = trees.exactHessian[base + left] + trees.exactHessian[base + right];
      const feature = trees.feature[at];
      const onlyMissing = trees.bin[at] === binCount[feature] - 1;
      tree.feature[node] = feature;
      tree.threshold[node] = onlyMissing ? largestFloat : cuts[feature * binStride + trees.bin[at]];
      tree.left[node] = left;
      tree.right[node] = right;
      tree.defaultLeft[node] = trees.defaultLeft[at];
      const own = sums(node);
      tree.value[node] = leafWeight(own.gradient, own.hessian, config, own.lower, own.upper);
      tree.gain[node] = nodeGain(sums(left), config) + nodeGain(sums(right), config) - nodeGain(own, config);
    }
    tree.cover[node] = trees.exactHessian[at];
  }
  return tree;
}
