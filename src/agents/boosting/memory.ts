/**
 * @file What all threads of one boosting share: the binned table, gradients, margins, the trees that are growing and their
 * histograms. Everything lies in shared buffers, so it can be handed to a thread as it is.
 */
import { invariant } from "#base/invariant.ts";
import type { BoostingConfig } from "./config.ts";
import { mostLeaves } from "./config.ts";
import { outputsOf } from "./forest-snapshot.ts";

/** Bins of a feature that a byte can number. */
export const binStride = 256;
/** Rows that one task of a row-wise phase takes. */
export const sliceRows = 8192;
/** Words of four bins that a block of features has at most: 28 features whose sums (56 KB) stay near the core. */
const wordsPerBlock = 7;
/** Tasks that the root of all trees should fall into, so that no thread waits for another. */
const rootTasks = 4;
/** Memory that histograms may be kept in. */
const mostHistogramBytes = 512 * 2 ** 20;

/** Features that are binned side by side: a row's bins, four to a word, lie next to each other. */
export interface Block {
  readonly firstFeature: number;
  readonly features: number;
  readonly words: number;
  /** Where its words begin in `bins`. */
  readonly offset: number;
}

/** Numbers of a job in `jobs`. */
export const jobFields = {
  tree: 0,
  /** Node whose rows are counted. */
  node: 1,
  begin: 2,
  end: 3,
  /** Where its histogram is kept; −1: nowhere. */
  slot: 4,
  /** Its sibling; −1 at the root. */
  sibling: 5,
  siblingBegin: 6,
  siblingEnd: 7,
  /** Where the parent's histogram lies, which becomes the sibling's; −1: the sibling's rows are counted as well. */
  siblingSlot: 8,
  width: 9,
} as const;

/** Numbers of a candidate split in `candidates`. */
export const candidateFields = {
  gain: 0,
  feature: 1,
  bin: 2,
  defaultLeft: 3,
  leftGradient: 4,
  leftHessian: 5,
  width: 6,
};

/** Numbers of a slice of rows in `sliceSums`, of each output. */
export const sliceFields = { gradient: 0, hessian: 1, largestGradient: 2, largestHessian: 3, width: 4 } as const;

/** Growing trees as arrays, one after the other: node n of tree t is at t × `nodes` + n. */
interface GrowingTrees {
  /** Nodes that a tree can have. */
  readonly nodes: number;
  readonly feature: Int32Array;
  readonly bin: Int32Array;
  readonly defaultLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Where a node's rows lie in the tree's order. */
  readonly begin: Int32Array;
  readonly end: Int32Array;
  /** Sums of whole multiples of the quantum, exact. */
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  /** Limits of the weight that monotone constraints leave. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Sums of the gradients themselves: of a leaf by its phase. */
  readonly exactGradient: Float64Array;
  readonly exactHessian: Float64Array;
  readonly weight: Float64Array;
}

export interface BoostingMemory {
  readonly config: BoostingConfig;
  /** Rows that are learned from come first; those after them are only judged. */
  readonly trainRows: number;
  readonly rows: number;
  readonly features: number;
  readonly outputs: number;
  readonly blocks: readonly Block[];
  readonly values: Float32Array;
  readonly labels: Float32Array;
  /** Empty: all 1. */
  readonly weights: Float32Array;
  readonly bins: Uint32Array;
  /** `[features × 256]`: bin b of a feature holds x < cuts[b] that no bin before it holds. */
  readonly cuts: Float32Array;
  /** Bins of each feature, the one of missing values not counted; that one comes after them. */
  readonly binCount: Int32Array;
  readonly hasMissing: Uint8Array;
  /** `[outputs × rows]` */
  readonly margins: Float32Array;
  /** `[outputs × trainRows × 2]`: first and second derivative, as float32, as XGBoost keeps them. */
  readonly gradients: Float32Array;
  /** `[outputs × trainRows]`: both as whole multiples of their quantum in one number, see `histogram.ts`. */
  readonly packed: Float64Array;
  /** `[outputs × 2]`: what a whole multiple of each stands for, a power of two. */
  readonly quanta: Float64Array;
  readonly sliceSums: Float64Array;
  /** Loss of each slice, and what it weighs. */
  readonly sliceLoss: Float64Array;
  /** Rows of this round, those that are learned from first; of those, `settings[0]`. */
  readonly drawn: Int32Array;
  readonly settings: Int32Array;
  /** `[outputs × trainRows]`: rows in the order of the nodes. */
  readonly order: Int32Array;
  readonly trees: GrowingTrees;
  /** `[outputs × features]`: 1 for each feature that a tree may split by. */
  readonly allowed: Uint8Array;
  readonly jobs: Int32Array;
  readonly candidates: Float64Array;
  /** Histograms: sums of both derivatives for each bin, `[slots × features × 256 × 2]`. */
  readonly histograms: Float64Array;
  readonly slots: number;
}

/** What a thread needs of its own. */
export interface Workplace {
  readonly memory: BoostingMemory;
  readonly packedSums: Float64Array;
  /** Two histograms of a block that nobody keeps. */
  readonly ownSums: readonly [Float64Array, Float64Array];
  readonly moved: Int32Array;
  /** Keeps what is fetched ahead from being left out as unused. */
  fetched: number;
}

const float32 = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(length * 4));
const float64 = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(length * 8));
const int32 = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(length * 4));
const uint8 = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

/** Rows to learn from or to judge by. */
export interface BoostingRows {
  /** `[N × features]`; NaN where a value is missing. */
  readonly values: Float32Array;
  /** `[N]`: a number, a probability (0 to 1), or a class. */
  readonly labels: Float32Array;
  /** `[N]`, not negative; absent: all 1. */
  readonly weights?: Float32Array;
}

function blocksOf(features: number, rows: number, outputs: number): Block[] {
  const words = Math.ceil(features / 4);
  const count = Math.max(Math.ceil(words / wordsPerBlock), Math.min(words, Math.ceil(rootTasks / outputs)));
  const blocks: Block[] = [];
  for (let b = 0, first = 0; b < count; b++) {
    const last = Math.round(((b + 1) * words) / count);
    blocks.push({
      firstFeature: first * 4,
      features: Math.min(features, last * 4) - first * 4,
      words: last - first,
      offset: first * rows,
    });
    first = last;
  }
  return blocks;
}

function growingTrees(outputs: number, leaves: number): GrowingTrees {
  const nodes = 2 * leaves - 1;
  const all = outputs * nodes;
  return {
    nodes,
    feature: int32(all),
    bin: int32(all),
    defaultLeft: uint8(all),
    left: int32(all),
    right: int32(all),
    begin: int32(all),
    end: int32(all),
    gradient: float64(all),
    hessian: float64(all),
    lower: float64(all),
    upper: float64(all),
    exactGradient: float64(all),
    exactHessian: float64(all),
    weight: float64(all),
  };
}

/** Memory for learning from `train` and judging by `validation`; histograms take what is needed, or `histogramBytes` at most. */
export function boostingMemory(
  config: BoostingConfig,
  features: number,
  train: BoostingRows,
  validation: BoostingRows | undefined,
  histogramBytes = mostHistogramBytes,
): BoostingMemory {
  const outputs = outputsOf(config);
  const trainRows = train.labels.length;
  const rows = trainRows + (validation?.labels.length ?? 0);
  invariant(trainRows > 0, "there are rows to learn from");
  const blocks = blocksOf(features, rows, outputs);
  const values = joined(train.values, validation?.values);
  const weighted = train.weights !== undefined || validation?.weights !== undefined;
  const ones = (like: Float32Array): Float32Array => new Float32Array(like.length).fill(1);
  const weights = weighted
    ? joined(
        train.weights ?? ones(train.labels),
        validation === undefined ? undefined : (validation.weights ?? ones(validation.labels)),
      )
    : float32(0);
  const leaves = mostLeaves(config, trainRows);
  const trees = growingTrees(outputs, leaves);
  const slices = Math.ceil(trainRows / sliceRows) + Math.ceil((rows - trainRows) / sliceRows);
  // A histogram is kept of each node that may yet be split: at most half of the leaves, one more while they are made.
  const wanted = outputs * Math.max(1, Math.ceil(leaves / 2) + 1);
  const slotBytes = features * binStride * 16;
  const slots = Math.min(wanted, Math.floor(histogramBytes / slotBytes));
  const searched = outputs * Math.max(1, Math.ceil(leaves / 2));
  return {
    config,
    trainRows,
    rows,
    features,
    outputs,
    blocks,
    values,
    labels: joined(train.labels, validation?.labels),
    weights,
    bins: new Uint32Array(new SharedArrayBuffer(Math.ceil(features / 4) * rows * 4)),
    cuts: float32(features * binStride),
    binCount: int32(features),
    hasMissing: uint8(features),
    margins: float32(outputs * rows),
    gradients: float32(outputs * trainRows * 2),
    packed: float64(outputs * trainRows),
    quanta: float64(outputs * 2),
    sliceSums: float64(slices * outputs * sliceFields.width),
    sliceLoss: float64(slices * 2),
    drawn: int32(trainRows),
    settings: int32(1),
    order: int32(outputs * trainRows),
    trees,
    allowed: uint8(outputs * features),
    jobs: int32(outputs * leaves * jobFields.width),
    candidates: float64(searched * 2 * blocks.length * candidateFields.width),
    histograms: float64(slots * features * binStride * 2),
    slots,
  };
}

function joined(first: Float32Array, second: Float32Array | undefined): Float32Array {
  const all = float32(first.length + (second?.length ?? 0));
  all.set(first);
  if (second !== undefined) all.set(second, first.length);
  return all;
}

/** A thread's own part of the work. */
export function workplace(memory: BoostingMemory): Workplace {
  const blockFeatures = Math.max(...memory.blocks.map(({ words }) => words * 4));
  return {
    memory,
    packedSums: new Float64Array(blockFeatures * binStride),
    ownSums: [new Float64Array(blockFeatures * binStride * 2), new Float64Array(blockFeatures * binStride * 2)],
    moved: new Int32Array(memory.trainRows),
    fetched: 0,
  };
}

/** Slices of rows: those that are learned from first, none of both kinds. */
export function sliceOf(
  { trainRows, rows }: BoostingMemory,
  slice: number,
): { readonly from: number; readonly to: number } {
  const trained = Math.ceil(trainRows / sliceRows);
  if (slice < trained) {
    return { from: slice * sliceRows, to: Math.min(trainRows, (slice + 1) * sliceRows) };
  }
  const from = trainRows + (slice - trained) * sliceRows;
  return { from, to: Math.min(rows, from + sliceRows) };
}
