/** @file Where something stands among what it was at this time before, such as at this hour of earlier weeks. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";

export interface Slots {
  readonly count: number;
  /** Slot of a bar by its time, from 0 to `count` − 1. */
  readonly of: (openTime: number) => number;
  /** Bars of each slot that are remembered. */
  readonly kept: number;
  /** Earlier bars of the slot from which on its answer means something. */
  readonly fewest: number;
}

/**
 * Share of the earlier bars of the same slot whose value is below this bar's, equal ones counted half, in [0, 1]. Only
 * bars before this one are looked at, the last `kept` of the slot; ½ while there are fewer than `fewest`.
 */
export function slotPercentile(inner: Indicator, { count, of, kept, fewest }: Slots): Indicator {
  const values = new Float64Array(count * kept);
  const taken = new Float64Array(count);
  return indicator(["percentile"], inner.warmUpBars, [inner, values, taken], (bar, into, at) => {
    inner.next(bar, into, at);
    const value = into[at];
    if (Number.isNaN(value)) return;
    const slot = of(bar.openTime);
    const start = slot * kept;
    const known = Math.min(taken[slot], kept);
    let below = 0;
    for (let k = start; k < start + known; k++) below += values[k] < value ? 1 : values[k] === value ? 0.5 : 0;
    into[at] = known < fewest ? 0.5 : below / known;
    values[start + (taken[slot] % kept)] = value;
    taken[slot]++;
  });
}
