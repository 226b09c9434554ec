/** @file Where bars come from: one contract for files, networks and dice. */
import type { Bars, Timeframe } from "#domain/bar.ts";
import { barColumns, emptyBars, timeframeMs } from "#domain/bar.ts";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";

/** Bars of one symbol that open at or after `from` and before `until`, both Unix ms UTC. */
export interface BarRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: number;
  readonly until: number;
  /** Ends the pages early: the generator throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Some bars, later than those of all pages before. */
export interface BarPage {
  /** May be empty: a source may have nothing for a while. */
  readonly bars: Bars;
  /** Nothing that opens before this moment will come any more: a request that begins here goes on where this page ended. */
  readonly through: number;
}

/**
 * A source of bars. It keeps no position: whoever reads it remembers `through` and asks from there.
 * Daily and weekly bars open at 00:00 UTC of the exchange's date; all others when they open.
 */
export interface BarSource {
  /** Names the source with every setting that changes what it gives, such as `alpaca/sip/all`. */
  readonly name: string;
  /**
   * Pages in time order; bars ascend strictly, and only bars that are complete are given.
   * @throws Failure data/source-…, data/bad-credentials, data/no-such-bars
   */
  pages(request: BarRequest): AsyncGenerator<BarPage, void, void>;
}

/** One bar as a network source sends it: open time (Unix ms UTC), open, high, low, close, volume. */
export type BarRow = readonly [
  openTime: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];

/**
 * Checks what a network sent to be bars of numbers in time order.
 * @throws Failure data/source-broken
 */
export function checkedRows(source: string, rows: readonly (readonly unknown[])[]): readonly BarRow[] {
  let before = -Infinity;
  for (const row of rows) {
    const odd = row.length < barColumns.length || row.slice(0, barColumns.length).some((value) => !isFinite(value));
    if (odd) throw new Failure("data/source-broken", `${source} sent a bar ${JSON.stringify(row)}`, { source });
    const [openTime] = row as unknown as BarRow;
    if (openTime < before) {
      const found = `${source} sent a bar of ${timeText(openTime)} after one of ${timeText(before)}`;
      throw new Failure("data/source-broken", found, { source });
    }
    before = openTime;
  }
  return rows as unknown as readonly BarRow[];
}

function isFinite(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

const timeText = (time: number): string => new Date(time).toISOString();

/** The end of what can be given of a request: bars that open before this moment are wanted, and complete at `now`. */
export function completeBefore({ until, timeframe }: BarRequest, now: number): number {
  return Math.min(until, now - timeframeMs[timeframe] + 1);
}

/** Rows that open in [from, before), each once, as columns. */
export function barsBetween(rows: readonly BarRow[], from: number, before: number): Bars {
  const kept = rows.filter(
    ([openTime], at) => openTime >= from && openTime < before && (at === 0 || openTime > rows[at - 1][0]),
  );
  const bars = emptyBars(kept.length);
  for (const [index, column] of barColumns.entries()) kept.forEach((row, t) => (bars[column][t] = row[index]));
  return bars;
}

/** Bars of all pages joined. Sources give prices and volume; more than these would be lost here. */
export function joinedBars(parts: readonly Bars[]): Bars {
  const joined = emptyBars(parts.reduce((sum, { openTime }) => sum + openTime.length, 0));
  let at = 0;
  for (const part of parts) {
    invariant(part.measured === undefined, "pages of a source hold prices and volume alone");
    for (const column of barColumns) joined[column].set(part[column], at);
    at += part.openTime.length;
  }
  return joined;
}
