/** @file Indicators made of others. */
import { invariant } from "#base/invariant.ts";
import type { Indicator } from "./indicator.ts";
import { indicator } from "./indicator.ts";
import { oldest, push, rolling } from "./rolling.ts";

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

/** How much each output changed a bar, over the last `bars` bars: (value − value[bars]) / bars. */
export function slope(inner: Indicator, bars: number): Indicator {
  const windows = inner.outputs.map(() => rolling(bars + 1));
  return indicator(inner.outputs, inner.warmUpBars + bars, [inner, ...windows], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = 0; output < windows.length; output++) {
      const value = into[at + output];
      // A window never holds a NaN: it begins with the first number that is known.
      if (Number.isNaN(value)) return;
      push(windows[output], value);
      into[at + output] = (value - oldest(windows[output])) / bars;
    }
  });
}
