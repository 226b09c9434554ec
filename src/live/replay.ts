/** @file A paper session on recorded bars: the live trader with its streams and its journal, at the speed asked for. */
import { closeTime } from "#domain/bar.ts";
import type { Bar } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { barsAt } from "#domain/universe.ts";
import type { Parts } from "#trading/trader.ts";
import { onBar } from "#trading/trader.ts";

export interface ReplayOptions {
  readonly universe: Universe;
  /** Bars before `from` warm the streams up without trading; trading ends before bar `to`. */
  readonly from: number;
  readonly to: number;
  /** Shown every bar before `from`, next to the features: the broker's own streams. */
  readonly warmUp: (bars: readonly Bar[]) => void;
  /** Resolves when bar `t` may be shown: at once for a replay at full speed, later for one in steps of time. */
  readonly pace: (t: number) => Promise<void>;
  readonly onProgress?: (t: number) => void;
  readonly signal?: AbortSignal;
}

/** Feeds recorded bars to the trader as if they closed now, until `signal` is aborted. */
export async function replay(parts: Parts, options: ReplayOptions): Promise<void> {
  const { universe, from, to, warmUp, pace, onProgress, signal } = options;
  for (let t = 0; t < from; t++) {
    const bars = barsAt(universe, t);
    warmUp(bars);
    parts.features.next(bars);
    parts.signals?.warmUp(bars);
  }
  for (let t = from; t < to; t++) {
    if (signal?.aborted !== true) await pace(t);
    if (signal?.aborted === true) return; // also when it was stopped while it waited
    await onBar(barsAt(universe, t), closeTime(universe.openTime[t], universe.timeframe), parts);
    onProgress?.(t);
  }
}
