/** @file Which features say the same: correlations, and groups of features that stand for each other. */

/** Pearson's correlation of each pair of columns `[F, F]`; a column that does not move has 0 with every other. */
export function correlations(columns: readonly Float64Array[]): Float64Array {
  const width = columns.length;
  const normal = columns.map(normalised);
  const table = new Float64Array(width * width);
  for (let one = 0; one < width; one++) {
    table[one * width + one] = 1;
    for (let other = 0; other < one; other++) {
      let product = 0;
      for (let row = 0; row < normal[one].length; row++) product += normal[one][row] * normal[other][row];
      const held = Math.min(1, Math.max(-1, product));
      table[one * width + other] = held;
      table[other * width + one] = held;
    }
  }
  return table;
}

/** Less the mean, of length 1; zeros where it moves by rounding only. */
function normalised(column: Float64Array): Float64Array {
  let [mean, largest] = [0, 0];
  for (const value of column) mean += value / column.length;
  let squares = 0;
  for (const value of column) {
    squares += (value - mean) ** 2;
    largest = Math.max(largest, Math.abs(value));
  }
  const length = Math.sqrt(squares);
  const still = length <= 1e-12 * largest * Math.sqrt(column.length);
  return column.map((value) => (still ? 0 : (value - mean) / length));
}

/**
 * Groups of two columns or more that are joined by |correlation| ≥ `threshold`, each to at least one other of its group
 * (single linkage); the largest group first.
 */
export function redundancyClusters(table: Float64Array, width: number, threshold: number): number[][] {
  const groupOf = Array.from({ length: width }, (_, column) => column);
  for (let one = 0; one < width; one++) {
    for (let other = 0; other < one; other++) {
      if (Math.abs(table[one * width + other]) < threshold || groupOf[one] === groupOf[other]) continue;
      const [kept, joined] = [groupOf[other], groupOf[one]];
      groupOf.forEach((group, column) => {
        if (group === joined) groupOf[column] = kept;
      });
    }
  }
  const groups = Map.groupBy(groupOf.keys(), (column) => groupOf[column]);
  return [...groups.values()].filter((group) => group.length > 1).sort((a, b) => b.length - a.length || a[0] - b[0]);
}
