/** @file Triple barrier: which of a profit barrier, a loss barrier and a time limit is reached first. */
import { invariant } from "#base/invariant.ts";
import type { Bars } from "#domain/bar.ts";
import { indicatorColumns } from "../indicator.ts";
import { atr } from "../indicators/average-true-range.ts";
import type { Label, Labels } from "./label.ts";
import { label } from "./label.ts";

export interface TripleBarrier {
  readonly atrPeriod: number;
  /** Distance of the upper barrier from the close, in ATR. */
  readonly upperAtr: number;
  /** Distance of the lower barrier. */
  readonly lowerAtr: number;
  /** Bars until the vertical barrier. */
  readonly horizonBars: number;
}

/**
 * 1 when closeₜ + upperAtr · ATRₜ is reached first, −1 when closeₜ − lowerAtr · ATRₜ is, 0 when neither is within
 * `horizonBars` (López de Prado, Advances in Financial Machine Learning, 2018, ch. 3). The label ends at the bar of the
 * first touch. A bar that opens beyond a barrier has touched that one; of a bar that spans both, the lower counts, since
 * nothing says which came first. Bars while the ATR warms up, and bars whose label the data does not settle, have none.
 */
export function tripleBarrierLabels(bars: Bars, settings: TripleBarrier): Labels {
  const { atrPeriod, upperAtr, lowerAtr, horizonBars } = settings;
  invariant(upperAtr > 0 && lowerAtr > 0, "barriers lie beside the close", { upperAtr, lowerAtr });
  invariant(Number.isInteger(horizonBars) && horizonBars > 0, "a horizon is at least one bar", { horizonBars });
  const range = indicatorColumns(atr(atrPeriod), bars);
  return Array.from(bars.close, (close, t): Label | undefined => {
    if (Number.isNaN(range[t])) return undefined;
    return firstTouch(bars, t, close + upperAtr * range[t], close - lowerAtr * range[t], horizonBars);
  });
}

function firstTouch(bars: Bars, t: number, upper: number, lower: number, horizonBars: number): Label | undefined {
  const { open, high, low } = bars;
  const last = t + horizonBars;
  // Without any range both barriers lie at the close: there is nothing to reach.
  const still = upper === lower;
  for (let at = t + 1; at <= last && at < high.length; at++) {
    if (still) continue;
    if (open[at] >= upper) return label(1, at);
    if (low[at] <= lower) return label(-1, at);
    if (high[at] >= upper) return label(1, at);
  }
  return last < high.length ? label(0, last) : undefined;
}
