/** @file Fixed horizon: what the price did over a set number of bars. */
import { invariant } from "#base/invariant.ts";
import type { Bars } from "#domain/bar.ts";
import type { Label, Labels } from "./label.ts";
import { label } from "./label.ts";

export interface FixedHorizon {
  readonly horizonBars: number;
  /** Given: the outcome is 1 above it, −1 below its negative, 0 between. Absent: the outcome is the log return itself. */
  readonly threshold?: number | undefined;
}

/** r = ln(closeₜ₊ₕ / closeₜ), or its class by a threshold (López de Prado, 2018, §3.2). The label ends at bar t + h. */
export function fixedHorizonLabels({ close }: Bars, { horizonBars, threshold }: FixedHorizon): Labels {
  invariant(Number.isInteger(horizonBars) && horizonBars > 0, "a horizon is at least one bar", { horizonBars });
  invariant(threshold === undefined || threshold >= 0, "a threshold is not negative", { threshold });
  return Array.from(close, (price, t): Label | undefined => {
    const end = t + horizonBars;
    if (end >= close.length) return undefined;
    const moved = Math.log(close[end] / price);
    if (threshold === undefined) return label(moved, end);
    return label(moved > threshold ? 1 : moved < -threshold ? -1 : 0, end);
  });
}
