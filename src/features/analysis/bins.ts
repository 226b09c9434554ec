/** @file Bins that hold about equally many numbers each; equal numbers are never parted. */

/** Upper edges of up to `count` bins, ascending and each once; the last bin has none. */
export function binEdges(values: Float64Array, count: number): Float64Array {
  const sorted = values.slice().sort();
  const edges: number[] = [];
  for (let bin = 1; bin < count; bin++) {
    const edge = sorted[Math.ceil((bin * sorted.length) / count) - 1];
    if (edge !== edges.at(-1) && edge < sorted[sorted.length - 1]) edges.push(edge);
  }
  return Float64Array.from(edges);
}

/** Which bin a number falls into: the first whose upper edge is not below it. */
export function binOf(edges: Float64Array, value: number): number {
  let [from, to] = [0, edges.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (edges[middle] >= value) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** How many of the numbers fall into each bin. */
export function binCounts(edges: Float64Array, values: Float64Array): Float64Array {
  const counts = new Float64Array(edges.length + 1);
  for (const value of values) counts[binOf(edges, value)]++;
  return counts;
}
