/** @file Indicators made of others. */
import { invariant } from "#base/invariant.ts";
import type { Indicator } from "./indicator.ts";
import { indicator } from "./indicator.ts";

/** Only these outputs of an indicator, in this order. */
export function only(inner: Indicator, outputs: readonly string[]): Indicator {
  const from = outputs.map((output) => inner.outputs.indexOf(output));
  invariant(!from.includes(-1), "only outputs that an indicator has are taken from it", { wanted: outputs.join(" ") });
  const all = new Float64Array(inner.outputs.length);
  return indicator(outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, all, 0);
    for (let output = 0; output < from.length; output++) into[at + output] = all[from[output]];
  });
}
