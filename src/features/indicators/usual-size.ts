/** @file Something in units of its own usual size. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";

/**
 * x / EWMA(|x|) of an indicator's one output, the average with α = 2 / (period + 1), begun at the first |x| and this bar
 * included, so that |answer| ≤ 1 / α; 0 where it has always been 0. An imbalance is expected as large as its exponentially
 * weighted average was (López de Prado, Advances in Financial Machine Learning, 2018, §2.3.2).
 */
export function perUsualSize(inner: Indicator, period: number): Indicator {
  const alpha = 2 / (period + 1);
  const usual = Float64Array.of(NaN);
  return indicator(["ratio"], inner.warmUpBars, [inner, usual], (bar, into, at) => {
    inner.next(bar, into, at);
    const size = Math.abs(into[at]);
    if (Number.isNaN(size)) return;
    usual[0] = Number.isNaN(usual[0]) ? size : usual[0] + alpha * (size - usual[0]);
    into[at] = usual[0] === 0 ? 0 : into[at] / usual[0];
  });
}
