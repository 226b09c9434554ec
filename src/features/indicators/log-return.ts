/** @file Log return of the close over one or several bars. */
import type { Indicator } from "../indicator.ts";
import { delayed } from "../delayed.ts";
import { indicator } from "../indicator.ts";

/** rₜ = ln(closeₜ / closeₜ₋ₙ). */
export function logReturn(period = 1): Indicator {
  const before = delayed(period);
  return indicator(["logReturn"], period + 1, [before], (bar, into, at) => {
    into[at] = Math.log(bar.close / before(bar.close));
  });
}
