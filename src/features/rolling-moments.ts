/**
 * @file Mean, deviation and higher moments of the last numbers, at a constant cost a number; exact where all are equal.
 * Joined without a sum of plain powers, which would lose a small deviation beside a large mean: Chan, Golub and LeVeque,
 * The American Statistician 37, 1983; Pébay, Sandia report SAND2008-6212.
 */
import type { Remembering } from "./memory.ts";
import { remembering } from "./memory.ts";
import { rolling } from "./rolling.ts";

function joinMeans(cells: Float64Array, a: number, earlier: number, b: number, later: number, into: number): void {
  const mean = cells[a];
  cells[into] = mean + (cells[b] - mean) * (later / (earlier + later));
}

/** Takes a number and gives the mean of the last `length` ones, this one included; of all while there are fewer. */
export function rollingMean(length: number): ((value: number) => number) & Remembering {
  const { take, said, memory } = rolling(length, 1, joinMeans);
  return remembering([{ memory }], (value: number) => {
    take(value);
    return said[0];
  });
}

/** Of the last n numbers, of all while there are fewer. */
export interface RollingDeviation extends Remembering {
  readonly take: (value: number) => void;
  readonly mean: () => number;
  /** Σ (x − mean)² */
  readonly squares: () => number;
  /** √(Σ (x − mean)² / n): of the whole population. It has a meaning once n numbers were taken. */
  readonly deviation: () => number;
}

/** Mean and Σ (x − mean)². */
function joinSquares(cells: Float64Array, a: number, earlier: number, b: number, later: number, into: number): void {
  const mean = cells[a];
  const distance = cells[b] - mean;
  const share = later / (earlier + later);
  cells[into] = mean + distance * share;
  cells[into + 1] = cells[a + 1] + cells[b + 1] + distance * distance * earlier * share;
}

export function rollingDeviation(length: number): RollingDeviation {
  const { take, said, memory } = rolling(length, 2, joinSquares);
  return {
    memory,
    take,
    mean: () => said[0],
    squares: () => said[1],
    deviation: () => Math.sqrt(said[1] / length),
  };
}

export interface RollingMoments extends RollingDeviation {
  /** Σ (x − mean)³ */
  readonly cubes: () => number;
  /** Σ (x − mean)⁴ */
  readonly fourths: () => number;
}

/** Mean and Σ (x − mean)ᵖ for p of 2, 3 and 4. */
function joinMoments(cells: Float64Array, a: number, earlier: number, b: number, later: number, into: number): void {
  const mean = cells[a];
  const distance = cells[b] - mean;
  const square = distance * distance;
  const before = earlier / (earlier + later);
  const after = later / (earlier + later);
  const [squares, laterSquares] = [cells[a + 1], cells[b + 1]];
  const [cubes, laterCubes] = [cells[a + 2], cells[b + 2]];
  const between = square * earlier * after;
  cells[into] = mean + distance * after;
  cells[into + 1] = squares + laterSquares + between;
  cells[into + 2] =
    cubes +
    laterCubes +
    between * distance * (before - after) +
    3 * distance * (before * laterSquares - after * squares);
  cells[into + 3] =
    cells[a + 3] +
    cells[b + 3] +
    between * square * (before * before - before * after + after * after) +
    6 * square * (before * before * laterSquares + after * after * squares) +
    4 * distance * (before * laterCubes - after * cubes);
}

export function rollingMoments(length: number): RollingMoments {
  const { take, said, memory } = rolling(length, 4, joinMoments);
  return {
    memory,
    take,
    mean: () => said[0],
    squares: () => said[1],
    deviation: () => Math.sqrt(said[1] / length),
    cubes: () => said[2],
    fourths: () => said[3],
  };
}
