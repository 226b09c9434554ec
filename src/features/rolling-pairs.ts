/** @file How the numbers of the last pairs go together, at a constant cost a pair; exact where one side is constant. */
import type { Remembering } from "./memory.ts";
import { rolling } from "./rolling.ts";

/** Of the last so many pairs (x, y); of all while there are fewer. */
export interface RollingPairs extends Remembering {
  readonly take: (x: number, y: number) => void;
  /** Σ (x − x̄)² */
  readonly squaresOfX: () => number;
  /** Σ (y − ȳ)² */
  readonly squaresOfY: () => number;
  /** Σ (x − x̄)(y − ȳ) */
  readonly products: () => number;
}

/** Both means, both Σ of squares and Σ of products, by the formulas of Chan, Golub and LeVeque (1983). */
function joinPairs(cells: Float64Array, a: number, earlier: number, b: number, later: number, into: number): void {
  const [x, y] = [cells[a], cells[a + 1]];
  const [distanceX, distanceY] = [cells[b] - x, cells[b + 1] - y];
  const share = later / (earlier + later);
  const weight = earlier * share;
  cells[into] = x + distanceX * share;
  cells[into + 1] = y + distanceY * share;
  cells[into + 2] = cells[a + 2] + cells[b + 2] + distanceX * distanceX * weight;
  cells[into + 3] = cells[a + 3] + cells[b + 3] + distanceY * distanceY * weight;
  cells[into + 4] = cells[a + 4] + cells[b + 4] + distanceX * distanceY * weight;
}

export function rollingPairs(length: number): RollingPairs {
  const { take, said, memory } = rolling(length, 5, joinPairs);
  return {
    memory,
    take,
    squaresOfX: () => said[2],
    squaresOfY: () => said[3],
    products: () => said[4],
  };
}
