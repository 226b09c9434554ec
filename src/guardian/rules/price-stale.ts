/** @file No risk is added on a price that is too old, or from the future. */
import type { Rule } from "../rule.ts";
import { reducesRisk } from "../rule.ts";

export const priceStale: Rule = (order, context, limits) => {
  const ageMs = context.now - context.pricedAt;
  return (ageMs >= 0 && ageMs <= limits.maxPriceAgeMs) || reducesRisk(order, context)
    ? undefined
    : { code: "price-stale", ageMs, limitMs: limits.maxPriceAgeMs };
};
