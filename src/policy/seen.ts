/** @file What a network sees: the windows of the shared table, cut out inside the graph, and the numbers that are a lane's own. */
import { invariant } from "#base/invariant.ts";
import type { ObservationSpace } from "#env/space.ts";
import type { Node } from "#tensor/graph.ts";
import { constant, sizeAt } from "#tensor/graph.ts";
import { cast } from "#tensor/ops/logic.ts";
import { add } from "#tensor/ops/elementwise.ts";
import { concat, distinctOf, gather, reshape, split } from "#tensor/ops/movement.ts";

/** How many numbers there are of each kind; without a table `lookback` and `columns` are 0. */
export interface SeenShape {
  readonly lookback: number;
  readonly columns: number;
  readonly own: number;
  /** Instruments whose features the columns are, those of one after those of another, equally many; absent: 1. */
  readonly instruments?: number;
}

/** B observations as nodes of a graph. */
export interface Seen {
  /** `[B, L × F]`: the last L rows of the table, oldest first; absent where there is no table. */
  readonly windows?: Node;
  /** `[B, S]`: what only the lane knows. */
  readonly own: Node;
  /** The same windows, each once; absent where nearly every observation of a batch has a window of its own. */
  readonly shared?: SharedWindows;
}

/** Windows of a batch in which observations at the same bar have one in common. */
export interface SharedWindows {
  /** `[U, L × F]`, by their rows in the table. U is known at run time only. */
  readonly windows: Node;
  /** `[B]` int64: which of them each observation has. */
  readonly at: Node;
  /** What U is expected to be, as a share of B. */
  readonly share: number;
}

export function seenShape(space: ObservationSpace): SeenShape {
  if (space.kind === "vector") return { lookback: 0, columns: 0, own: space.size };
  const { table, lookback, size } = space;
  return { lookback, columns: table.columns, own: size, instruments: table.blocks ?? 1 };
}

/** Windows are worth finding once where a batch is expected to have fewer than this share of its size. */
const worthSharing = 0.9;

/** How many different ones to expect among `draws` from so many: n·(1 − (1 − 1/n)ᵏ). */
export function expectedDistinct(from: number, draws: number): number {
  return from * (1 - (1 - 1 / from) ** draws);
}

/**
 * What is seen of observations `[B, O]`: a row index is turned into its window here, inside the graph, so that a rollout
 * stores one number and not lookback × columns of them.
 * @param table the shared table `[T, F]`; needed for windowed observations only
 * @param expected different rows expected among B; absent: as among B drawn at random from all
 */
export function seen(space: ObservationSpace, observations: Node, table?: Node, expected?: number): Seen {
  if (space.kind === "vector") return { own: observations };
  invariant(table !== undefined, "a windowed observation comes with its table");
  const [column, own] = split(observations, [1, space.size], 1);
  const row = cast(column, "int64");
  const windows = windowsAt(space, table, row);
  const [batch] = observations.shape;
  if (typeof batch === "string") return { windows, own };
  const share = (expected ?? expectedDistinct(space.table.rows, batch)) / batch;
  if (share > worthSharing) return { windows, own };
  const { values, places } = distinctOf(reshape(row, [batch]), "bars");
  const each = windowsAt(space, table, reshape(values, [values.shape[0], 1]));
  return { windows, own, shared: { windows: each, at: places, share } };
}

/** Numbers of all windows of a table up to which they are made at once, 256 MiB. */
const mostNumbers = 2 ** 26;

/**
 * What is seen by graphs that run many times with the same parameters, `looks` observations in all: the windows of the whole
 * table, where they are fewer, so that what is made of them can be taken out and computed once (`tensor/hoist.ts`).
 */
export function seenThroughout(
  space: ObservationSpace,
  observations: Node,
  table: Node | undefined,
  looks: number,
): Seen {
  const each = seen(space, observations, table, sizeAt(observations.shape, 0));
  if (space.kind === "vector" || table === undefined) return each;
  const { lookback } = space;
  const { rows, columns } = space.table;
  const share = rows / looks;
  if (share > worthSharing || rows * lookback * columns > mostNumbers) return each;
  const ends = constant(
    Float64Array.from({ length: rows - lookback + 1 }, (_, at) => at + lookback - 1),
    [rows - lookback + 1, 1],
    "int64",
  );
  const [column] = split(observations, [1, space.size], 1);
  const at = reshape(add(cast(column, "int64"), 1 - lookback), [sizeAt(observations.shape, 0)]);
  return { ...each, shared: { windows: windowsAt(space, table, ends), at, share } };
}

/** The windows `[N, L × F]` that end at rows `[N, 1]`. */
function windowsAt(
  { table: { columns }, lookback }: ObservationSpace & { kind: "windowed" },
  table: Node,
  row: Node,
): Node {
  const back = Float64Array.from({ length: lookback }, (_, at) => at - lookback + 1);
  const rows = add(row, constant(back, [1, lookback], "int64"));
  return reshape(gather(table, rows), [row.shape[0], lookback * columns]);
}

/** All that is seen side by side, `[B, L × F + S]`: the window's rows oldest first, then the lane's own numbers. */
export function flatSeen({ windows, own }: Seen): Node {
  return windows === undefined ? own : concat([windows, own], 1);
}
