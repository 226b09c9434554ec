/** @file ATR: how far the price usually moves in a bar, in price. */
import type { Bars } from "#domain/bar.ts";
import type { Indicator } from "../indicator.ts";
import { indicator, indicatorColumns } from "../indicator.ts";
import { averageTrueRange } from "../true-range.ts";

/** ATR = Wilder(max(high − low, |high − previous close|, |low − previous close|)); the first bar counts high − low. Wilder, 1978. */
export function atr(period = 14): Indicator {
  const average = averageTrueRange(period);
  return indicator(["atr"], period, [average], (bar, into, at) => {
    into[at] = average(bar);
  });
}

/** ATR without a warm-up, for the market's slippage: during the first `period` bars the mean of the true ranges so far. */
export function rawAtr(period = 14): Indicator {
  const average = averageTrueRange(period);
  return indicator(["atr"], 1, [average], (bar, into, at) => {
    into[at] = average(bar);
  });
}

/** `rawAtr` after each bar, `[T]`, in price; never NaN. */
export function atrColumn(bars: Bars, period = 14): Float64Array {
  return indicatorColumns(rawAtr(period), bars);
}
