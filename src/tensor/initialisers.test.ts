/** @file First values: orthonormal where promised, bounded, and the same for the same seed. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { beside, constantly, kaiming, orthogonal } from "./initialisers.ts";

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((so, value, at) => so + value * b[at], 0);
}

test.each([
  [8, 8],
  [10, 64],
  [64, 3],
  [5, 1],
])("gives a %i × %i matrix whose shorter side is orthonormal, times the gain", (rows, columns) => {
  const gain = 1.5;
  const matrix = orthogonal(gain)([rows, columns], createRng(1));
  const row = (at: number): Float32Array => matrix.subarray(at * columns, (at + 1) * columns);
  const column = (at: number): Float32Array => Float32Array.from({ length: rows }, (_, r) => matrix[r * columns + at]);
  const line = rows <= columns ? row : column;
  for (let a = 0; a < Math.min(rows, columns); a++) {
    for (let b = 0; b <= a; b++) expect(dot(line(a), line(b))).toBeCloseTo(a === b ? gain * gain : 0, 5);
  }
});

test("favours no sign: the diagonals of many orthogonal matrices average to nothing", () => {
  const rng = createRng(2);
  let total = 0;
  for (let draw = 0; draw < 2000; draw++) total += orthogonal()([3, 3], rng)[0];
  expect(Math.abs(total / 2000)).toBeLessThan(4 * Math.sqrt(1 / 3 / 2000));
});

test("keeps kaiming weights inside their bound, with the variance they are known for", () => {
  const weights = kaiming()([50, 200], createRng(3));
  expect(weights.every((weight) => Math.abs(weight) <= Math.SQRT2 * Math.sqrt(3 / 50))).toBe(true);
  expect(dot(weights, weights) / weights.length).toBeCloseTo(2 / 50, 3);
});

test("gives the same values for the same seed, and others for another", () => {
  const first = orthogonal()([4, 4], createRng(4));
  expect(orthogonal()([4, 4], createRng(4))).toEqual(first);
  expect(orthogonal()([4, 4], createRng(5))).not.toEqual(first);
  expect(constantly(3)([2], createRng(4))).toEqual(Float32Array.of(3, 3));
});

test("matrices side by side are each as if alone", () => {
  const values = beside(3, orthogonal())([5, 12], createRng(3));
  for (const block of [0, 1, 2]) {
    const columns = [0, 1, 2, 3].map((column) => [0, 1, 2, 3, 4].map((row) => values[row * 12 + block * 4 + column]));
    columns.forEach((a, i) =>
      columns.forEach((b, j) => {
        expect(a.reduce((sum, value, row) => sum + value * b[row], 0)).toBeCloseTo(i === j ? 1 : 0, 6);
      }),
    );
  }
  expect(() => beside(3, orthogonal())([2, 10], createRng(1))).toThrow("equally wide");
});
