/** @file Volume beside what is usual at this time of the session: 1 is as always. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingSums } from "../rolling-sum.ts";

/**
 * volume / mean of the last `sessions` volumes in the same of `slots` slots of the session, this one included; of as many
 * as there were while there are fewer, 1 where none of them was traded. With one slot it is volume / SMA(volume).
 */
export function seasonalVolume(
  sessions: number,
  slots: number,
  slotOf: (openTime: number) => number,
  sessionBars: number,
): Indicator {
  const volumes = rollingSums(slots, sessions);
  const taken = new Float64Array(slots);
  return indicator(["ratio"], sessions * sessionBars, [volumes, taken], ({ openTime, volume }, into, at) => {
    const slot = slotOf(openTime);
    const total = volumes(slot, volume);
    const known = Math.min(++taken[slot], sessions);
    into[at] = total === 0 ? 1 : (volume * known) / total;
  });
}
