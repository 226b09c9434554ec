/** @file Forms of an indicator that keep their value when all prices, or all volumes, are multiplied by a constant. */
import type { Indicator } from "./indicator.ts";
import { indicator } from "./indicator.ts";
import { averageTrueRange, negligible } from "./true-range.ts";

/** value · multiplier + offset. */
export function rescaled(inner: Indicator, multiplier: number, offset = 0): Indicator {
  return indicator(inner.outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = at; output < at + inner.outputs.length; output++)
      into[output] = into[output] * multiplier + offset;
  });
}

/** value / close, for values in price. */
export function perClose(inner: Indicator): Indicator {
  return indicator(inner.outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = at; output < at + inner.outputs.length; output++) into[output] /= bar.close;
  });
}

/** value / ATR, for differences of prices; 0 where the ATR is negligible beside the close. */
export function perAtr(inner: Indicator, atrPeriod: number): Indicator {
  const averageRange = averageTrueRange(atrPeriod);
  return indicator(inner.outputs, Math.max(inner.warmUpBars, atrPeriod), [inner, averageRange], (bar, into, at) => {
    inner.next(bar, into, at);
    const atr = averageRange(bar);
    const unit = negligible(atr, bar.close) ? Infinity : atr;
    for (let output = at; output < at + inner.outputs.length; output++) into[output] /= unit;
  });
}

/** (close − value) / ATR, for prices; 0 where the ATR is negligible beside the close. */
export function closeAbove(inner: Indicator, atrPeriod: number): Indicator {
  const distance = indicator(inner.outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = at; output < at + inner.outputs.length; output++) into[output] = bar.close - into[output];
  });
  return perAtr(distance, atrPeriod);
}
