/** @file Nothing new is risked by an account whose state is not known, or that has nothing left. */
import type { Rule } from "../rule.ts";
import { reducesRisk } from "../rule.ts";

export const accountInvalid: Rule = (order, context) => {
  const { equity, heldUnits, besideUnits } = context;
  const known = Number.isFinite(equity) && Number.isFinite(heldUnits) && Number.isFinite(besideUnits);
  return known && (equity > 0 || reducesRisk(order, context))
    ? undefined
    : { code: "account-invalid", equity, heldUnits, besideUnits };
};
