/** @file What is held of the instrument after the order, long and short added up, must stay within its fraction of the equity. */
import { signedUnits } from "#domain/order.ts";
import type { Rule } from "../rule.ts";
import { reducesRisk, valueOf } from "../rule.ts";

export const positionTooLarge: Rule = (order, context, limits) => {
  const units = Math.abs(context.heldUnits + signedUnits(order)) + Math.abs(context.besideUnits);
  const fraction = valueOf(units, context) / context.equity;
  return fraction <= limits.maxPositionFraction || reducesRisk(order, context)
    ? undefined
    : { code: "position-too-large", fraction, limitFraction: limits.maxPositionFraction };
};
