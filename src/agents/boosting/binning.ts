/** @file Features cut into at most 256 bins at the quantiles of the rows that are learned from. */
import type { BoostingMemory, Workplace } from "./memory.ts";
import { binStride } from "./memory.ts";

/** Bits of a key that one pass of the radix sort looks at. */
const radixBits = 11;
const buckets = 1 << radixBits;

/** Rows in the order of their values; missing ones are not among them. Radix sort by float32: linear, and stable. */
export function orderOf(values: Float32Array): Int32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let rows = new Int32Array(values.length);
  let keys = new Uint32Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) continue;
    // Adding 0 makes −0 a 0. The bits of positive floats are in order, those of negative ones in reverse.
    const word = values[row] === 0 ? 0 : bits[row];
    keys[count] = word & 0x80000000 ? ~word : word | 0x80000000;
    rows[count++] = row;
  }
  let otherRows = new Int32Array(count);
  let otherKeys = new Uint32Array(count);
  for (let shift = 0; shift < 32; shift += radixBits) {
    const at = new Int32Array(buckets + 1);
    for (let i = 0; i < count; i++) at[((keys[i] >>> shift) & (buckets - 1)) + 1]++;
    for (let b = 0; b < buckets; b++) at[b + 1] += at[b];
    for (let i = 0; i < count; i++) {
      const to = at[(keys[i] >>> shift) & (buckets - 1)]++;
      otherKeys[to] = keys[i];
      otherRows[to] = rows[i];
    }
    [rows, otherRows] = [otherRows, rows];
    [keys, otherKeys] = [otherKeys, keys];
  }
  return rows.subarray(0, count);
}

/**
 * Ends of the bins of sorted values: bin b holds the values below ends[b] that no earlier bin holds, and the last one ends above
 * them all. Where the values are few each has a bin of its own; else each bin holds about the same weight, and never a part of
 * equal values. As XGBoost cuts them (Chen and Guestrin, 2016, §3.3, with exact quantiles in place of the sketch).
 * @param sorted ascending, no NaN, not empty
 * @param weights of the sorted values; empty: all 1
 */
export function binEnds(sorted: Float32Array, weights: Float32Array, mostBins: number): Float32Array {
  const last = sorted.length - 1;
  const beyond = Math.fround(sorted[last] + (Math.abs(sorted[last]) + 1e-5));
  const ends: number[] = [];
  let distinct = 1;
  for (let i = 1; i <= last && distinct <= mostBins; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  if (distinct <= mostBins) {
    for (let i = 1; i <= last; i++) if (sorted[i] !== sorted[i - 1]) ends.push(sorted[i]);
    return Float32Array.from([...ends, beyond]);
  }
  const total = weights.length === 0 ? sorted.length : weights.reduce((sum, weight) => sum + weight, 0);
  let below = 0;
  let next = 1;
  for (let i = 0; i <= last && next < mostBins; i++) {
    // Everything before i lies below sorted[i]: an end may lie where a new value begins.
    if (i > 0 && sorted[i] !== sorted[i - 1] && below >= (next * total) / mostBins) {
      ends.push(sorted[i]);
      while (next < mostBins && below >= (next * total) / mostBins) next++;
    }
    below += weights.length === 0 ? 1 : weights[i];
  }
  return Float32Array.from([...ends, beyond]);
}

/** Cuts the features of a block into bins and writes each row's bins side by side, four to a word. */
export function bin({ memory }: Workplace, block: number): void {
  const { firstFeature, features, words, offset } = memory.blocks[block];
  for (let f = firstFeature; f < firstFeature + features; f++) {
    const column = columnOf(memory, f);
    cut(memory, f, column);
    const local = f - firstFeature;
    writeBins(memory, f, column, offset + (local >> 2), words, (local & 3) * 8);
  }
}

/** All rows of a feature. */
function columnOf({ values, rows, features }: BoostingMemory, f: number): Float32Array {
  const column = new Float32Array(rows);
  for (let row = 0; row < rows; row++) column[row] = values[row * features + f];
  return column;
}

function cut(
  { trainRows, weights, config, cuts, binCount, hasMissing }: BoostingMemory,
  f: number,
  column: Float32Array,
): void {
  const order = orderOf(column.subarray(0, trainRows));
  // Rows that are only judged may miss what those that are learned from never do.
  hasMissing[f] = column.includes(NaN) ? 1 : 0;
  if (order.length === 0) return;
  const sorted = gathered(column, order);
  const sortedWeights = weights.length === 0 ? weights : gathered(weights, order);
  const ends = binEnds(sorted, sortedWeights, config.maxBins - hasMissing[f]);
  cuts.set(ends, f * binStride);
  binCount[f] = ends.length;
}

function gathered(values: Float32Array, order: Int32Array): Float32Array {
  const found = new Float32Array(order.length);
  for (let i = 0; i < order.length; i++) found[i] = values[order[i]];
  return found;
}

function writeBins(
  { bins, cuts, binCount, rows }: BoostingMemory,
  f: number,
  column: Float32Array,
  at: number,
  words: number,
  shift: number,
): void {
  const count = binCount[f];
  const ends = cuts.subarray(f * binStride, f * binStride + count);
  for (let row = 0; row < rows; row++) {
    const x = column[row];
    // First end above x; what lies beyond all of them belongs to the last bin, what is missing to the one after.
    let low = 0;
    let high = Number.isNaN(x) ? count : Math.max(0, count - 1);
    if (Number.isNaN(x)) low = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (x < ends[middle]) high = middle;
      else low = middle + 1;
    }
    bins[at + row * words] |= low << shift;
  }
}
