/** @file A task of memory: say what was said when the flag was last up. The present alone does not tell. */
import { createRng } from "#base/rng.ts";
import { invariant } from "#base/invariant.ts";
import type { World } from "../env.ts";
import type { Table } from "../space.ts";

export type RecallState = {
  /** Row of the table. */
  readonly row: number;
};

interface RecallSettings {
  /** Rows that are seen. */
  readonly lookback?: number;
  /** Rows from one flag to the next, drawn evenly between these. */
  readonly shortestGap?: number;
  readonly longestGap?: number;
  readonly rows?: number;
  /** Decides the table. */
  readonly seed?: number;
  readonly maxSteps?: number;
}

/** Numbers of a row. */
const columns = 2;

/**
 * Each row of the table says +1 or −1 at random, and in its second number whether the flag is up. Action 1 claims that the
 * row in which the flag was last up said +1, action 0 that it said −1; being right pays 1. So the right answer is in a
 * window of at least `longestGap` rows, at a place that changes, among values that do not matter.
 */
export function recall({
  lookback = 32,
  shortestGap = 1,
  longestGap = 32,
  rows = 4096,
  seed = 1,
  maxSteps = 32,
}: RecallSettings = {}): World<RecallState> {
  invariant(shortestGap >= 1 && shortestGap <= longestGap, "gaps lie between the shortest and the longest", {
    shortestGap,
    longestGap,
  });
  const { table, answers } = drawn({ shortestGap, longestGap, rows, seed });
  const first = Math.max(lookback, longestGap) - 1;
  invariant(rows - maxSteps > first, "an episode fits in the table", { rows, maxSteps, first });
  return {
    name: "recall",
    observationSpace: { kind: "windowed", table, lookback, size: 1 },
    actionSpace: { kind: "discrete", sizes: [2] },
    maxSteps,
    initial: (rng) => ({ row: first + rng.integer(rows - maxSteps - first) }),
    step({ row }, action) {
      invariant(action[0] === 0 || action[0] === 1, "an action is 0 (it said −1) or 1 (it said +1)", {
        action: action[0],
      });
      return { state: { row: row + 1 }, reward: action[0] === answers[row] ? 1 : 0, terminated: false };
    },
    observe({ row }, into, at) {
      into[at] = row;
      into[at + 1] = 1;
    },
  };
}

/** The table, and for each row the action that is right. The flag is up in the first row. */
function drawn({ shortestGap, longestGap, rows, seed }: Required<Omit<RecallSettings, "lookback" | "maxSteps">>): {
  readonly table: Table;
  readonly answers: Uint8Array;
} {
  const rng = createRng(seed, "recall");
  const values = new Float32Array(rows * columns);
  const answers = new Uint8Array(rows);
  for (let row = 0, flagAt = 0; row < rows; row++) {
    const said = rng.integer(2);
    const up = row === flagAt;
    if (up) flagAt += shortestGap + rng.integer(longestGap - shortestGap + 1);
    values[row * columns] = said === 1 ? 1 : -1;
    values[row * columns + 1] = up ? 1 : 0;
    answers[row] = up ? said : answers[row - 1];
  }
  return { table: { values, rows, columns }, answers };
}

/**
 * Share of steps in which the best policy that sees one row is right: always where the flag is up, and by chance elsewhere,
 * (1 + share of rows with the flag up) / 2. One that sees `longestGap` rows is always right.
 */
export function recallByPresent({ shortestGap = 1, longestGap = 32 }: RecallSettings = {}): number {
  return (1 + 2 / (shortestGap + longestGap)) / 2;
}
