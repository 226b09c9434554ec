/** @file How much a signal is: the policy says when, these rules say how much. */
import type { PositionView } from "../plan.ts";
import { wholeSteps } from "../plan.ts";

/**
 * Size of an entry.
 * - `lots`: so many units, whatever the account.
 * - `equityFraction`: units worth that fraction of the equity that the instrument may have.
 * - `riskFraction`: units that lose that fraction of it at the stop: equity · fraction / (distance of the stop · contract
 *   size · rate of the currency), never worth more than `most` times it.
 */
export type SignalSizing =
  | { readonly kind: "lots"; readonly lots: number }
  | { readonly kind: "equityFraction"; readonly fraction: number }
  | { readonly kind: "riskFraction"; readonly fraction: number; readonly most: number };

/** Unsigned units of an entry whose stop is `stopDistance` away (in price, NaN for none), rounded down to whole lot steps. */
export function entryUnits(sizing: SignalSizing, view: PositionView, stopDistance: number): number {
  const { equity, close, unitValue, lotStep } = view;
  if (sizing.kind === "lots") return wholeSteps(sizing.lots, lotStep);
  if (!(equity > 0)) return 0;
  const worth = close * unitValue;
  if (sizing.kind === "equityFraction") return wholeSteps((equity * sizing.fraction) / worth, lotStep);
  const atRisk = (equity * sizing.fraction) / (stopDistance * unitValue);
  return wholeSteps(Math.min(atRisk, (equity * sizing.most) / worth), lotStep);
}
