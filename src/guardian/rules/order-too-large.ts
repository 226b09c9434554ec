/** @file One order must stay within its fraction of the equity: the guard against a runaway sizing. */
import type { Rule } from "../rule.ts";
import { reducesRisk, valueOf } from "../rule.ts";

export const orderTooLarge: Rule = (order, context, limits) => {
  const fraction = valueOf(order.units, context) / context.equity;
  return fraction <= limits.maxOrderFraction || reducesRisk(order, context)
    ? undefined
    : { code: "order-too-large", fraction, limitFraction: limits.maxOrderFraction };
};
