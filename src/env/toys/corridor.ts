/** @file A corridor with a prize at its far end: credit over many steps, with an optimum known in closed form. */
import { invariant } from "#base/invariant.ts";
import type { World } from "../env.ts";

export type CorridorState = {
  /** Cell, 0 … cells − 1. */
  readonly cell: number;
};

interface CorridorSettings {
  /** At least 2: the start on the left and the goal on the right. */
  readonly cells?: number;
  /** Taken from the reward at every step, bumps into the left wall included. */
  readonly stepCost?: number;
  readonly maxSteps?: number;
}

/** Starts in the leftmost cell; action 0 goes left, 1 goes right; entering the rightmost cell pays 1 and ends the world. */
export function corridor({ cells = 10, stepCost = 0.01, maxSteps = 200 }: CorridorSettings = {}): World<CorridorState> {
  invariant(cells >= 2, "a corridor has a start and a goal", { cells });
  return {
    name: "corridor",
    observationSpace: { kind: "vector", size: cells },
    actionSpace: { kind: "discrete", sizes: [2] },
    maxSteps,
    initial: () => ({ cell: 0 }),
    step({ cell }, action) {
      invariant(action[0] === 0 || action[0] === 1, "an action is 0 (left) or 1 (right)", { action: action[0] });
      const next = Math.max(0, cell + (action[0] === 1 ? 1 : -1));
      const terminated = next === cells - 1;
      return { state: { cell: next }, reward: (terminated ? 1 : 0) - stepCost, terminated };
    },
    observe({ cell }, into, at) {
      into.fill(0, at, at + cells);
      into[at + cell] = 1;
    },
  };
}

/** Undiscounted return of always going right, which no policy beats: 1 − stepCost · (cells − 1). */
export function corridorOptimum({ cells = 10, stepCost = 0.01 }: CorridorSettings = {}): number {
  return 1 - stepCost * (cells - 1);
}
