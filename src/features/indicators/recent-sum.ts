/** @file What something comes to over the last bars. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingSum } from "../rolling-sum.ts";

/** Σ of an indicator's one output over the last `bars` bars, this one included. */
export function recentSum(inner: Indicator, bars: number): Indicator {
  const sum = rollingSum(bars);
  return indicator(["sum"], inner.warmUpBars + bars - 1, [inner, sum], (bar, into, at) => {
    inner.next(bar, into, at);
    // A window never holds a NaN: it begins with the first number that is known.
    if (Number.isNaN(into[at])) return;
    into[at] = sum(into[at]);
  });
}
