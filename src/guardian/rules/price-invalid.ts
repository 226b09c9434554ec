/** @file No risk is added at a price that is not a positive number, or that no rate turns into the account's currency. */
import type { Rule } from "../rule.ts";
import { reducesRisk } from "../rule.ts";

export const priceInvalid: Rule = (order, context) => {
  const { price, rate = 1 } = context;
  const known = Number.isFinite(price) && price > 0 && Number.isFinite(rate) && rate > 0;
  return known || reducesRisk(order, context) ? undefined : { code: "price-invalid", price: price * rate };
};
