/** @file The last closes of each instrument: what rules on prices look at. */
import type { Bar } from "#domain/bar.ts";

export interface RecentCloses {
  /** `[I][≤ length]`, the newest last. */
  readonly each: readonly (readonly number[])[];
  /** Takes in the bars that have just closed, one of each instrument. */
  add(bars: readonly Bar[]): void;
}

/** @param history closes `[I][…]` before the first bar that is added, so that a rule needs no warm-up in a test span */
export function recentCloses(history: readonly (readonly number[])[], length: number): RecentCloses {
  const each = history.map((series) => series.slice(-length));
  return {
    each,
    add(bars) {
      bars.forEach(({ close }, i) => {
        each[i].push(close);
        if (each[i].length > length) each[i].shift();
      });
    },
  };
}
