/** @file What a network sees: the windows of the shared table, cut out inside the graph, and the numbers that are a lane's own. */
import { invariant } from "#base/invariant.ts";
import type { ObservationSpace } from "#env/space.ts";
import type { Node } from "#tensor/graph.ts";
import { constant } from "#tensor/graph.ts";
import { cast } from "#tensor/ops/logic.ts";
import { add } from "#tensor/ops/elementwise.ts";
import { concat, gather, reshape, split } from "#tensor/ops/movement.ts";

/** How many numbers there are of each kind; without a table `lookback` and `columns` are 0. */
export interface SeenShape {
  readonly lookback: number;
  readonly columns: number;
  readonly own: number;
}

/** B observations as nodes of a graph. */
export interface Seen {
  /** `[B, L × F]`: the last L rows of the table, oldest first; absent where there is no table. */
  readonly windows?: Node;
  /** `[B, S]`: what only the lane knows. */
  readonly own: Node;
}

export function seenShape(space: ObservationSpace): SeenShape {
  if (space.kind === "vector") return { lookback: 0, columns: 0, own: space.size };
  return { lookback: space.lookback, columns: space.table.columns, own: space.size };
}

/**
 * What is seen of observations `[B, O]`: a row index is turned into its window here, inside the graph, so that a rollout
 * stores one number and not lookback × columns of them.
 * @param table the shared table `[T, F]`; needed for windowed observations only
 */
export function seen(space: ObservationSpace, observations: Node, table?: Node): Seen {
  if (space.kind === "vector") return { own: observations };
  invariant(table !== undefined, "a windowed observation comes with its table");
  const batch = observations.shape[0];
  const [row, own] = split(observations, [1, space.size], 1);
  const back = Float64Array.from({ length: space.lookback }, (_, at) => at - space.lookback + 1);
  const rows = add(cast(row, "int64"), constant(back, [1, space.lookback], "int64"));
  return { windows: reshape(gather(table, rows), [batch, space.lookback * space.table.columns]), own };
}

/** All that is seen side by side, `[B, L × F + S]`: the window's rows oldest first, then the lane's own numbers. */
export function flatSeen({ windows, own }: Seen): Node {
  return windows === undefined ? own : concat([windows, own], 1);
}

/** Numbers of `flatSeen` in each observation. */
export function flatWidth({ lookback, columns, own }: SeenShape): number {
  return lookback * columns + own;
}
