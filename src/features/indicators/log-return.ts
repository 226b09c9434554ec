/** @file Log return of the close over one or several bars. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { oldest, push, rolling } from "../rolling.ts";

/** rₜ = ln(closeₜ / closeₜ₋ₙ). */
export function logReturn(period = 1): Indicator {
  const closes = rolling(period + 1);
  return indicator(["logReturn"], period + 1, [closes], (bar, into, at) => {
    push(closes, bar.close);
    into[at] = Math.log(bar.close / oldest(closes));
  });
}
