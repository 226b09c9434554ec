/** @file Where something stands among what it was at this time before, such as at this hour of earlier weeks. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { countBelow, countUpTo, heldBy, insert, sortedWindow } from "../sorted-window.ts";

export interface Slots {
  readonly count: number;
  /** Slot of a bar by its time, from 0 to `count` − 1. */
  readonly of: (openTime: number) => number;
  /** One in so many bars of a slot is remembered, so that short bars do not crowd out earlier weeks. */
  readonly every: number;
  /** How many of these are remembered of each slot. */
  readonly kept: number;
  /** Remembered bars of the slot from which on its answer means something. */
  readonly fewest: number;
}

/**
 * Share of the remembered bars of the same slot whose value is below this bar's, equal ones counted half, in [0, 1]. Only
 * bars before this one are looked at: of each slot the first and every `every`-th after it, the last `kept` of these; ½
 * while there are fewer than `fewest`.
 */
export function slotPercentile(inner: Indicator, { count, of, every, kept, fewest }: Slots): Indicator {
  const slots = Array.from({ length: count }, () => sortedWindow(kept));
  const seen = new Float64Array(count);
  return indicator(["percentile"], inner.warmUpBars, [inner, ...slots, seen], (bar, into, at) => {
    inner.next(bar, into, at);
    const value = into[at];
    if (Number.isNaN(value)) return;
    const slot = of(bar.openTime);
    const values = slots[slot];
    const known = heldBy(values);
    const below = (countBelow(values, value) + countUpTo(values, value)) / 2;
    into[at] = known < fewest ? 0.5 : below / known;
    if (seen[slot]++ % every === 0) insert(values, value);
  });
}
