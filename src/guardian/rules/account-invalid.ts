/** @file Nothing new is risked by an account whose state is not known, or that has nothing left. */
import type { Rule } from "../rule.ts";
import { reducesRisk } from "../rule.ts";

export const accountInvalid: Rule = (order, context) => {
  const { equity, heldUnits } = context;
  const known = Number.isFinite(equity) && Number.isFinite(heldUnits);
  return known && (equity > 0 || reducesRisk(order, context))
    ? undefined
    : { code: "account-invalid", equity, heldUnits };
};
