/** @file Grows one tree of each output at once: which nodes are split, in which order, and what becomes of their histograms. */
import type { BoostingConfig } from "./config.ts";
import type { BoostingMemory } from "./memory.ts";
import { candidateFields, jobFields } from "./memory.ts";
import { isConstrained, leafWeight, leastGain } from "./split.ts";
import type { Crew } from "./work.ts";
import { candidateAt } from "./work.ts";

/** A node that could be split, with the best way to do it. */
interface Open {
  readonly node: number;
  readonly depth: number;
  /** Where its histogram lies; −1: nowhere. */
  readonly slot: number;
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly defaultLeft: number;
  readonly leftGradient: number;
  readonly leftHessian: number;
}

interface GrowingTree {
  readonly tree: number;
  nodes: number;
  leaves: number;
  open: Open[];
}

/** A node whose rows are to be counted, with its sibling. */
interface Search {
  readonly of: GrowingTree;
  readonly depth: number;
  readonly node: number;
  readonly rows: number;
  readonly slot: number;
  readonly sibling: number;
  readonly siblingSlot: number;
}

/**
 * Grows the trees of one round from the roots that were planted; returns how many nodes each has. Level by level all nodes at
 * once, or one node of each tree at a time, the one that gains most.
 */
export function growTrees(memory: BoostingMemory, crew: Crew): number[] {
  const { config, outputs, slots } = memory;
  const free = Array.from({ length: slots }, (_, slot) => slots - 1 - slot);
  const growing = Array.from({ length: outputs }, (_, tree): GrowingTree => plantedTree(memory, tree));
  let searches = growing.map((of): Search => {
    const rows = memory.trees.end[of.tree * memory.trees.nodes];
    return { of, depth: 0, node: 0, rows, slot: free.pop() ?? -1, sibling: -1, siblingSlot: -1 };
  });
  while (searches.length > 0) {
    search(memory, crew, searches, free);
    const splits = growing.flatMap((of) => chosen(of, config).map((open) => ({ of, open })));
    for (const { of, open } of splits) split(memory, of, open);
    writeJobs(
      memory,
      splits.map(({ of, open }) => [of.tree, open.node]),
    );
    crew.perform("part", splits.length);
    searches = splits.flatMap(({ of, open }) => searchesOf(memory, of, open, free));
  }
  settle(memory, crew, growing);
  return growing.map(({ nodes }) => nodes);
}

function plantedTree({ trees }: BoostingMemory, tree: number): GrowingTree {
  const root = tree * trees.nodes;
  trees.left[root] = -1;
  trees.lower[root] = -Infinity;
  trees.upper[root] = Infinity;
  return { tree, nodes: 1, leaves: 1, open: [] };
}

/** Takes the nodes that are split next from those that are open. */
function chosen(of: GrowingTree, { growth, maxLeaves }: BoostingConfig): Open[] {
  const room = maxLeaves === 0 ? Infinity : maxLeaves - of.leaves;
  if (growth === "leaf-wise") {
    // Stable: of equal gains the one that was there first.
    of.open.sort((a, b) => b.gain - a.gain);
    const most = of.open.splice(0, Math.min(1, room));
    of.leaves += most.length;
    return most;
  }
  const all = of.open.toSorted((a, b) => a.node - b.node).slice(0, room);
  of.open = [];
  of.leaves += all.length;
  return all;
}

/** Writes a split and what is known of its children. */
function split({ trees, quanta, config }: BoostingMemory, of: GrowingTree, open: Open): void {
  const base = of.tree * trees.nodes;
  const at = base + open.node;
  const left = of.nodes++;
  const right = of.nodes++;
  trees.feature[at] = open.feature;
  trees.bin[at] = open.bin;
  trees.defaultLeft[at] = open.defaultLeft;
  trees.left[at] = left;
  trees.right[at] = right;
  const sums = [
    [left, open.leftGradient, open.leftHessian],
    [right, trees.gradient[at] - open.leftGradient, trees.hessian[at] - open.leftHessian],
  ];
  const weights = sums.map(([child, gradient, hessian]) => {
    trees.left[base + child] = -1;
    trees.gradient[base + child] = gradient;
    trees.hessian[base + child] = hessian;
    trees.lower[base + child] = trees.lower[at];
    trees.upper[base + child] = trees.upper[at];
    const [gradientSum, hessianSum] = [gradient * quanta[2 * of.tree], hessian * quanta[2 * of.tree + 1]];
    return leafWeight(gradientSum, hessianSum, config, trees.lower[at], trees.upper[at]);
  });
  const sign = isConstrained(config) ? config.monotone[open.feature] : 0;
  if (sign === 0) return;
  // What lies below the split keeps to its own side of the middle, so that no later split can break the direction.
  const middle = (weights[0] + weights[1]) / 2;
  const [low, high] = sign > 0 ? [left, right] : [right, left];
  trees.upper[base + low] = middle;
  trees.lower[base + high] = middle;
}

/** Children that may be split in turn: the one with fewer rows is counted, the other gets what is left of the parent. */
function searchesOf(memory: BoostingMemory, of: GrowingTree, { node, depth, slot }: Open, free: number[]): Search[] {
  const { trees, config } = memory;
  const full = config.maxLeaves !== 0 && of.leaves >= config.maxLeaves;
  if (full || depth + 1 === config.maxDepth) {
    if (slot >= 0) free.push(slot);
    return [];
  }
  const base = of.tree * trees.nodes;
  const rowsOf = (child: number): number => trees.end[base + child] - trees.begin[base + child];
  const [left, right] = [trees.left[base + node], trees.right[base + node]];
  const [small, large] = rowsOf(left) <= rowsOf(right) ? [left, right] : [right, left];
  return [
    {
      of,
      depth: depth + 1,
      node: small,
      rows: rowsOf(small),
      slot: free.pop() ?? -1,
      sibling: large,
      siblingSlot: slot,
    },
  ];
}

/** Looks for the best splits of all nodes; those that gain enough become open. */
function search(memory: BoostingMemory, crew: Crew, searches: readonly Search[], free: number[]): void {
  const { jobs, trees, blocks } = memory;
  // The largest first, so that no thread is left with one in the end.
  const sorted = searches.toSorted((a, b) => b.rows - a.rows);
  sorted.forEach(({ of: { tree }, node, slot, sibling, siblingSlot }, job) => {
    const at = job * jobFields.width;
    const base = tree * trees.nodes;
    jobs[at + jobFields.tree] = tree;
    jobs[at + jobFields.node] = node;
    jobs[at + jobFields.begin] = trees.begin[base + node];
    jobs[at + jobFields.end] = trees.end[base + node];
    jobs[at + jobFields.slot] = slot;
    jobs[at + jobFields.sibling] = sibling;
    jobs[at + jobFields.siblingSlot] = siblingSlot;
    if (sibling < 0) return;
    jobs[at + jobFields.siblingBegin] = trees.begin[base + sibling];
    jobs[at + jobFields.siblingEnd] = trees.end[base + sibling];
  });
  crew.perform("search", sorted.length * blocks.length);
  sorted.forEach(({ of, depth, node, slot, sibling, siblingSlot }, job) => {
    keepOpen(memory, of, candidate(memory, job, 0, { node, depth, slot }), free);
    if (sibling < 0) return;
    keepOpen(memory, of, candidate(memory, job, 1, { node: sibling, depth, slot: siblingSlot }), free);
  });
}

function candidate(
  memory: BoostingMemory,
  job: number,
  side: 0 | 1,
  place: Pick<Open, "node" | "depth" | "slot">,
): Open {
  const { candidates, blocks } = memory;
  let best = candidateAt(memory, job, side, 0);
  for (let block = 1; block < blocks.length; block++) {
    const at = candidateAt(memory, job, side, block);
    if (candidates[at + candidateFields.gain] > candidates[best + candidateFields.gain]) best = at;
  }
  return {
    ...place,
    gain: candidates[best + candidateFields.gain],
    feature: candidates[best + candidateFields.feature],
    bin: candidates[best + candidateFields.bin],
    defaultLeft: candidates[best + candidateFields.defaultLeft],
    leftGradient: candidates[best + candidateFields.leftGradient],
    leftHessian: candidates[best + candidateFields.leftHessian],
  };
}

function keepOpen({ config }: BoostingMemory, of: GrowingTree, open: Open, free: number[]): void {
  if (open.gain > leastGain && open.gain >= config.gamma) of.open.push(open);
  else if (open.slot >= 0) free.push(open.slot);
}

/** Makes leaves of all nodes that were not split. */
function settle(memory: BoostingMemory, crew: Crew, growing: readonly GrowingTree[]): void {
  const { trees } = memory;
  const leaves = growing.flatMap(({ tree, nodes }) =>
    Array.from({ length: nodes }, (_, node) => [tree, node] as const).filter(
      ([, node]) => trees.left[tree * trees.nodes + node] < 0,
    ),
  );
  writeJobs(memory, leaves);
  crew.perform("settle", leaves.length);
}

function writeJobs({ jobs }: BoostingMemory, nodes: readonly (readonly number[])[]): void {
  nodes.forEach(([tree, node], job) => {
    jobs[job * jobFields.width + jobFields.tree] = tree;
    jobs[job * jobFields.width + jobFields.node] = node;
  });
}
