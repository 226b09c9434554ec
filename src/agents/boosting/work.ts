/** @file The tasks that boosting falls into, any of which any thread may do; none of them touches what another one writes. */
import { bin } from "./binning.ts";
import { pack, plant, subtract, sumBlock } from "./histogram.ts";
import type { Block, BoostingMemory, Workplace } from "./memory.ts";
import { candidateFields, jobFields, sliceRows, workplace } from "./memory.ts";
import { derive } from "./objective.ts";
import { bestSplit, featureAt, leafWeight, passOf } from "./split.ts";

/** What is done at once by all threads, and what a task of it is: a block, a slice of rows, a tree, or a job (and block). */
const tasks = { bin, derive, pack, plant, search, part, settle, judge } satisfies Record<
  string,
  (place: Workplace, task: number) => void
>;

export type Phase = keyof typeof tasks;

/** In the order of their numbers, by which threads tell each other. */
export const phases = Object.keys(tasks) as readonly Phase[];

/** Threads that do the tasks of a phase, each once, in any order; `perform` returns when all are done. */
export interface Crew {
  perform(phase: Phase, tasks: number): void;
  dismiss(): Promise<void>;
}

/** Does one task. */
export function perform(place: Workplace, phase: Phase, task: number): void {
  tasks[phase](place, task);
}

/** A crew of one: the thread that asks. */
export function alone(memory: BoostingMemory): Crew {
  const place = workplace(memory);
  return {
    perform(phase, count) {
      for (let task = 0; task < count; task++) perform(place, phase, task);
    },
    dismiss: async () => undefined,
  };
}

/** Counts the rows of a job's node for one block of features, and looks there for the best split of the node and its sibling. */
function search(place: Workplace, task: number): void {
  const { memory, ownSums } = place;
  const { blocks, jobs } = memory;
  const job = Math.floor(task / blocks.length);
  const which = task % blocks.length;
  const block = blocks[which];
  const at = job * jobFields.width;
  const tree = jobs[at + jobFields.tree];
  const slot = jobs[at + jobFields.slot];
  const sums = slot < 0 ? ownSums[0] : kept(memory, slot, block);
  sumBlock(place, tree, jobs[at + jobFields.begin], jobs[at + jobFields.end], block, sums);
  const node = beginSearch(memory, tree, jobs[at + jobFields.node], candidateAt(memory, job, 0, which));
  const sibling = jobs[at + jobFields.sibling];
  if (sibling < 0) {
    eachAllowed(memory, tree, block, (feature, from) => node(feature, sums, from));
    return;
  }
  const siblingSlot = jobs[at + jobFields.siblingSlot];
  const siblingSums = siblingSlot < 0 ? ownSums[1] : kept(memory, siblingSlot, block);
  if (siblingSlot < 0) {
    sumBlock(place, tree, jobs[at + jobFields.siblingBegin], jobs[at + jobFields.siblingEnd], block, siblingSums);
  } else {
    subtract(memory, block, siblingSums, sums);
  }
  const other = beginSearch(memory, tree, sibling, candidateAt(memory, job, 1, which));
  eachAllowed(memory, tree, block, (feature, from) => {
    node(feature, sums, from);
    other(feature, siblingSums, from);
  });
}

/** A block's part of a kept histogram. */
function kept({ histograms, features }: BoostingMemory, slot: number, block: Block): Float64Array {
  const from = featureAt(slot * features + block.firstFeature);
  return histograms.subarray(from, from + featureAt(block.features));
}

/** Where the best split of a job's node (0) or of its sibling (1) in a block is written. */
export function candidateAt({ blocks }: BoostingMemory, job: number, side: 0 | 1, block: number): number {
  return ((job * 2 + side) * blocks.length + block) * candidateFields.width;
}

/** Looks, feature by feature, for the best split of a node and writes it to `to`. */
function beginSearch(
  memory: BoostingMemory,
  tree: number,
  node: number,
  to: number,
): (feature: number, sums: Float64Array, from: number) => void {
  const { trees, quanta, candidates } = memory;
  candidates[to + candidateFields.gain] = 0;
  candidates[to + candidateFields.feature] = -1;
  const at = tree * trees.nodes + node;
  const pass = passOf(memory, tree, {
    gradient: trees.gradient[at] * quanta[2 * tree],
    hessian: trees.hessian[at] * quanta[2 * tree + 1],
    lower: trees.lower[at],
    upper: trees.upper[at],
  });
  return (feature, sums, from) => bestSplit(memory, feature, sums, from, pass, to);
}

/** Visits the features of a block that a tree may split by, with where their bins begin in a histogram of the block. */
function eachAllowed(
  { allowed, features: all }: BoostingMemory,
  tree: number,
  { firstFeature, features }: Block,
  visit: (feature: number, from: number) => void,
): void {
  for (let local = 0; local < features; local++) {
    if (allowed[tree * all + firstFeature + local] === 1) visit(firstFeature + local, featureAt(local));
  }
}

/** The block of a feature, and where the feature's bins lie in a row's words. */
function placeOf(
  { blocks }: BoostingMemory,
  feature: number,
): { readonly block: Block; readonly word: number; readonly shift: number } {
  const block = blocks.find(({ firstFeature, features }) => feature < firstFeature + features)!;
  const local = feature - block.firstFeature;
  return { block, word: block.offset + (local >> 2), shift: (local & 3) * 8 };
}

/** Parts the rows of a job's node into those of its children; either keep their order. */
function part({ memory, moved }: Workplace, job: number): void {
  const { jobs, trees, bins, binCount, order, trainRows } = memory;
  const tree = jobs[job * jobFields.width + jobFields.tree];
  const at = tree * trees.nodes + jobs[job * jobFields.width + jobFields.node];
  const feature = trees.feature[at];
  const { block, word, shift } = placeOf(memory, feature);
  const goesLeft = new Uint8Array(256).fill(1, 0, trees.bin[at] + 1);
  goesLeft[binCount[feature]] = trees.defaultLeft[at];
  const rows = order.subarray(tree * trainRows + trees.begin[at], tree * trainRows + trees.end[at]);
  let left = 0;
  let right = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const yes = goesLeft[(bins[word + row * block.words] >>> shift) & 255];
    rows[left] = row;
    moved[right] = row;
    left += yes;
    right += 1 - yes;
  }
  rows.set(moved.subarray(0, right), left);
  const middle = trees.begin[at] + left;
  const [one, other] = [tree * trees.nodes + trees.left[at], tree * trees.nodes + trees.right[at]];
  trees.begin[one] = trees.begin[at];
  trees.end[one] = middle;
  trees.begin[other] = middle;
  trees.end[other] = trees.end[at];
}

/** Makes a job's node a leaf: its weight from its rows' own derivatives, which is added to their margins. */
function settle({ memory }: Workplace, job: number): void {
  const { jobs, trees, order, gradients, margins, trainRows, rows, config } = memory;
  const tree = jobs[job * jobFields.width + jobFields.tree];
  const at = tree * trees.nodes + jobs[job * jobFields.width + jobFields.node];
  const leaf = order.subarray(tree * trainRows + trees.begin[at], tree * trainRows + trees.end[at]);
  let gradient = 0;
  let hessian = 0;
  for (let i = 0; i < leaf.length; i++) {
    const from = 2 * (tree * trainRows + leaf[i]);
    gradient += gradients[from];
    hessian += gradients[from + 1];
  }
  trees.exactGradient[at] = gradient;
  trees.exactHessian[at] = hessian;
  // Whether a child weighs enough was decided by the sums of its split; only a root was not asked yet.
  const minChildWeight = at === tree * trees.nodes ? config.minChildWeight : 0;
  const weight = leafWeight(gradient, hessian, { ...config, minChildWeight }, trees.lower[at], trees.upper[at]);
  trees.weight[at] = weight;
  const added = Math.fround(Math.fround(weight) * Math.fround(config.learningRate));
  for (let i = 0; i < leaf.length; i++) margins[tree * rows + leaf[i]] += added;
}

/** Adds the new trees to the margins of a slice of the rows that they did not learn from. */
function judge({ memory }: Workplace, slice: number): void {
  const { outputs, rows, drawn, settings, margins, trainRows } = memory;
  const [learned] = settings;
  const left = trainRows - learned;
  const from = slice * sliceRows;
  const to = Math.min(left + rows - trainRows, from + sliceRows);
  for (let tree = 0; tree < outputs; tree++) {
    const leafValue = leafFinder(memory, tree);
    for (let i = from; i < to; i++) {
      const row = i < left ? drawn[learned + i] : trainRows + i - left;
      margins[tree * rows + row] += leafValue(row);
    }
  }
}

/** What a new tree adds to a row, by the row's bins. */
function leafFinder(memory: BoostingMemory, tree: number): (row: number) => number {
  const { trees, bins, binCount, config } = memory;
  const base = tree * trees.nodes;
  const rate = Math.fround(config.learningRate);
  const places = new Map<number, ReturnType<typeof placeOf>>();
  const place = (feature: number): ReturnType<typeof placeOf> => {
    const known = places.get(feature) ?? placeOf(memory, feature);
    places.set(feature, known);
    return known;
  };
  return (row) => {
    let at = base;
    while (trees.left[at] >= 0) {
      const feature = trees.feature[at];
      const { block, word, shift } = place(feature);
      const found = (bins[word + row * block.words] >>> shift) & 255;
      const yes = found === binCount[feature] ? trees.defaultLeft[at] === 1 : found <= trees.bin[at];
      at = base + (yes ? trees.left[at] : trees.right[at]);
    }
    return Math.fround(Math.fround(trees.weight[at]) * rate);
  };
}
