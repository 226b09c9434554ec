/** @file Trend strength: the directional index, and whether it says that there is a trend. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { averageDirectionalIndex } from "./average-directional-index.ts";

/** plusDi, minusDi, adx (Wilder, 0 to 100); strong = adx > 25, weak = adx < 20; 1 or 0. Wilder, 1978. */
export function trendStrength(period = 14): Indicator {
  const directional = averageDirectionalIndex(period);
  const said = new Float64Array(3);
  const outputs = ["plusDi", "minusDi", "adx", "strong", "weak"];
  return indicator(outputs, directional.warmUpBars, [directional], (bar, into, at) => {
    directional.next(bar, said, 0);
    into[at] = said[1];
    into[at + 1] = said[2];
    into[at + 2] = said[0];
    into[at + 3] = said[0] > 25 ? 1 : 0;
    into[at + 4] = said[0] < 20 ? 1 : 0;
  });
}
