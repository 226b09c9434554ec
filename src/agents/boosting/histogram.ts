/**
 * @file Sums of the derivatives for each bin of each feature, the work that boosting is made of.
 *
 * Both derivatives of a row are rounded to whole multiples of a power of two (their quantum) and share one number,
 * g · 2²⁶ + h, so that one addition adds both; a float64 holds such sums exactly up to 2⁵³. Sums of whole numbers do not depend
 * on their order, and a parent's sums less one child's are exactly the other's. A quantum is at most 2⁻¹⁰ of the largest
 * derivative, and where all of them are the same power of two (as for squared error) nothing is rounded at all; leaves are
 * computed from the derivatives themselves. Whole numbers for gradients: Shi et al., Quantized Training of Gradient Boosting
 * Decision Trees, 2022.
 */
import type { Block, BoostingMemory, Workplace } from "./memory.ts";
import { binStride, sliceFields, sliceRows } from "./memory.ts";

/** A sum of first derivatives counts these; below it is room for one of second derivatives. */
const hessianUnit = 2 ** 26;
/** Largest sums, in whole multiples, so that either part keeps to its room whatever rounding adds. */
const mostGradient = 2 ** 26;
const mostHessian = 2 ** 25;
/** Rows that are added up before the sums are taken apart: as many as both parts have room for. */
const packedRows = 16_384;

/** Smallest power of two with which the rows that are added up at once keep to their room. */
function quantumFor(sum: number, largest: number, mostSum: number): number {
  const most = Math.min(sum, packedRows * largest);
  return most === 0 ? 1 : 2 ** Math.ceil(Math.log2(most / mostSum));
}

/** Chooses what a whole multiple stands for in this round, for each output, from what the slices say of their rows. */
export function chooseQuanta({ outputs, trainRows, sliceSums, quanta }: BoostingMemory): void {
  const slices = Math.ceil(trainRows / sliceRows);
  for (let k = 0; k < outputs; k++) {
    let [gradient, hessian, largestGradient, largestHessian] = [0, 0, 0, 0];
    for (let slice = 0; slice < slices; slice++) {
      const at = (slice * outputs + k) * sliceFields.width;
      gradient += sliceSums[at + sliceFields.gradient];
      hessian += sliceSums[at + sliceFields.hessian];
      largestGradient = Math.max(largestGradient, sliceSums[at + sliceFields.largestGradient]);
      largestHessian = Math.max(largestHessian, sliceSums[at + sliceFields.largestHessian]);
    }
    quanta[2 * k] = quantumFor(gradient, largestGradient, mostGradient);
    quanta[2 * k + 1] = quantumFor(hessian, largestHessian, mostHessian);
  }
}

/** Rounds the derivatives of a slice to whole multiples and packs both into one number. */
export function pack({ memory }: Workplace, slice: number): void {
  const { outputs, trainRows, gradients, quanta, packed } = memory;
  const from = slice * sliceRows;
  const to = Math.min(trainRows, from + sliceRows);
  for (let k = 0; k < outputs; k++) {
    const perGradient = 1 / quanta[2 * k];
    const perHessian = 1 / quanta[2 * k + 1];
    for (let row = k * trainRows + from; row < k * trainRows + to; row++) {
      const gradient = Math.round(gradients[2 * row] * perGradient);
      packed[row] = gradient * hessianUnit + Math.round(gradients[2 * row + 1] * perHessian);
    }
  }
}

/** Puts the rows that are learned from into a tree's order, and sums up their derivatives into its root. */
export function plant({ memory }: Workplace, tree: number): void {
  const { order, drawn, settings, packed, trees, trainRows } = memory;
  const learned = drawn.subarray(0, settings[0]);
  order.set(learned, tree * trainRows);
  let gradient = 0;
  let hessian = 0;
  for (let from = 0; from < learned.length; from += packedRows) {
    let sum = 0;
    const to = Math.min(learned.length, from + packedRows);
    for (let i = from; i < to; i++) sum += packed[tree * trainRows + learned[i]];
    const part = Math.floor(sum / hessianUnit);
    gradient += part;
    hessian += sum - part * hessianUnit;
  }
  const root = tree * trees.nodes;
  trees.gradient[root] = gradient;
  trees.hessian[root] = hessian;
  trees.begin[root] = 0;
  trees.end[root] = learned.length;
}

/** Sums up a node's rows for a block of features, into `into` `[features × 256 × 2]`, which is overwritten. */
export function sumBlock(
  place: Workplace,
  tree: number,
  begin: number,
  end: number,
  block: Block,
  into: Float64Array,
): void {
  const { memory, packedSums } = place;
  const { bins, rows, order, packed, trainRows } = memory;
  const { offset, words } = block;
  const base = tree * trainRows;
  const blockBins = bins.subarray(offset, offset + words * rows);
  const treePacked = packed.subarray(base, base + trainRows);
  for (let from = begin; from < end || from === begin; from += packedRows) {
    const to = Math.min(end, from + packedRows);
    place.fetched = addRows(order.subarray(base + from, base + to), blockBins, words, treePacked, packedSums);
    takeApart(memory, block, packedSums, into, from === begin);
  }
}

/** Rows whose bins are fetched at once. */
const fetchedRows = 32;

/**
 * Adds each row's packed derivatives to the bins that it lies in. A node's rows lie scattered in memory: those of the next rows are
 * fetched together before any is needed, so that the waits overlap (2.5 → 1.3 ns for each bin of a small node). Two rows are added
 * at a time, so that two independent chains of loads and additions are under way.
 * @returns a number without meaning, so that what was fetched counts as used
 */
function addRows(
  order: Int32Array,
  bins: Uint32Array,
  words: number,
  packed: Float64Array,
  sums: Float64Array,
): number {
  const pairs = order.length & ~1;
  let fetched = 0;
  for (let from = 0; from < pairs; from += fetchedRows) {
    const to = Math.min(pairs, from + fetchedRows);
    for (let i = from; i < to; i++) {
      const row = order[i];
      fetched += packed[row] + (bins[row * words] ^ bins[row * words + words - 1]);
    }
    for (let i = from; i < to; i += 2) {
      const one = order[i];
      const two = order[i + 1];
      const x = packed[one];
      const y = packed[two];
      let a = one * words;
      let b = two * words;
      const end = a + words;
      for (let base = 0; a < end; a++, b++, base += 4 * binStride) {
        const v = bins[a];
        const w = bins[b];
        sums[base + (v & 255)] += x;
        sums[base + (w & 255)] += y;
        sums[base + binStride + ((v >>> 8) & 255)] += x;
        sums[base + binStride + ((w >>> 8) & 255)] += y;
        sums[base + 2 * binStride + ((v >>> 16) & 255)] += x;
        sums[base + 2 * binStride + ((w >>> 16) & 255)] += y;
        sums[base + 3 * binStride + (v >>> 24)] += x;
        sums[base + 3 * binStride + (w >>> 24)] += y;
      }
    }
  }
  if (pairs < order.length) {
    const row = order[pairs];
    for (let word = 0; word < words; word++) {
      const v = bins[row * words + word];
      for (let part = 0; part < 4; part++)
        sums[(word * 4 + part) * binStride + ((v >>> (8 * part)) & 255)] += packed[row];
    }
  }
  return fetched;
}

/** Takes packed sums apart, adds them to `into` or sets it to them, and leaves zeros behind. */
function takeApart(
  { binCount }: BoostingMemory,
  { firstFeature, features, words }: Block,
  sums: Float64Array,
  into: Float64Array,
  first: boolean,
): void {
  for (let local = 0; local < features; local++) {
    const from = local * binStride;
    // One more than there are bins: what is missing.
    const to = from + Math.min(binStride, binCount[firstFeature + local] + 1);
    for (let at = from; at < to; at++) {
      const sum = sums[at];
      const gradient = Math.floor(sum / hessianUnit);
      const hessian = sum - gradient * hessianUnit;
      sums[at] = 0;
      if (first) {
        into[2 * at] = gradient;
        into[2 * at + 1] = hessian;
      } else {
        into[2 * at] += gradient;
        into[2 * at + 1] += hessian;
      }
    }
  }
  // Features that only fill up the last word have one bin each.
  for (let local = features; local < words * 4; local++) sums[local * binStride] = 0;
}

/** Turns a parent's sums into those of the child that was not counted. */
export function subtract(
  { binCount }: BoostingMemory,
  { firstFeature, features }: Block,
  parent: Float64Array,
  child: Float64Array,
): void {
  for (let local = 0; local < features; local++) {
    const from = local * binStride * 2;
    const to = from + Math.min(binStride, binCount[firstFeature + local] + 1) * 2;
    for (let at = from; at < to; at++) parent[at] -= child[at];
  }
}
