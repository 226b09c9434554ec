/** @file First values of parameters. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { count } from "./graph.ts";

/** Draws the first values of a parameter of this shape. */
export type Initialiser = (shape: readonly number[], rng: Rng) => Float32Array;

export function constantly(value: number): Initialiser {
  return (shape) => new Float32Array(count(shape)).fill(value);
}

export const zeros: Initialiser = constantly(0);
export const ones: Initialiser = constantly(1);

/** Uniform in ±bound. */
export function uniform(bound: number): Initialiser {
  return (shape, rng) => Float32Array.from({ length: count(shape) }, () => bound * (2 * rng.uniform() - 1));
}

/** Uniform in ±gain·√(3 / inputs), for weights `[inputs, outputs]` (He et al., 2015; gain √2 suits relu). */
export function kaiming(gain = Math.SQRT2): Initialiser {
  return (shape, rng) => uniform(gain * Math.sqrt(3 / shape[0]))(shape, rng);
}

/**
 * A random matrix whose rows or columns, whichever are fewer, are orthonormal, times `gain` (Saxe et al., 2014): the Q
 * of a Gaussian matrix. Gram and Schmidt's R has a positive diagonal, which makes Q uniform over all such matrices.
 */
export function orthogonal(gain = 1): Initialiser {
  return (shape, rng) => {
    invariant(shape.length === 2, "an orthogonal start is for matrices", { rank: shape.length });
    const [rows, columns] = shape as [number, number];
    const wide = columns > rows;
    const basis = orthonormal(Math.min(rows, columns), Math.max(rows, columns), rng);
    return Float32Array.from({ length: rows * columns }, (_, at) => {
      const row = Math.floor(at / columns);
      const column = at % columns;
      return gain * (wide ? basis[row][column] : basis[column][row]);
    });
  };
}

/** Matrices of one kind side by side, `[rows, columns]` as so many of `[rows, columns / matrices]`: what one product gives to several uses. */
export function beside(matrices: number, initialise: Initialiser): Initialiser {
  return ([rows, columns], rng) => {
    const width = columns / matrices;
    invariant(Number.isInteger(width), "matrices side by side are equally wide", { columns, matrices });
    const parts = Array.from({ length: matrices }, () => initialise([rows, width], rng));
    return Float32Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      return parts[Math.floor(column / width)][row * width + (column % width)];
    });
  };
}

/** So many orthonormal vectors of this length, by modified Gram and Schmidt in double precision. */
function orthonormal(vectors: number, length: number, rng: Rng): Float64Array[] {
  const basis: Float64Array[] = [];
  for (let made = 0; made < vectors; made++) {
    const vector = Float64Array.from({ length }, () => rng.normal());
    for (const other of basis) {
      let dot = 0;
      for (let at = 0; at < length; at++) dot += vector[at] * other[at];
      for (let at = 0; at < length; at++) vector[at] -= dot * other[at];
    }
    const size = Math.hypot(...vector);
    basis.push(vector.map((value) => value / size));
  }
  return basis;
}
