/** @file No risk is added at a price that is not a positive number. */
import type { Rule } from "../rule.ts";
import { reducesRisk } from "../rule.ts";

export const priceInvalid: Rule = (order, context) =>
  (Number.isFinite(context.price) && context.price > 0) || reducesRisk(order, context)
    ? undefined
    : { code: "price-invalid", price: context.price };
