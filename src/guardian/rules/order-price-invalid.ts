/** @file Every price that an order names, and every distance between prices, is a positive number. */
import type { Rule } from "../rule.ts";
import { namedPrices } from "../rule.ts";

export const orderPriceInvalid: Rule = (order) => {
  if (order.pricing === undefined && order.bracket === undefined) return undefined;
  const wrong = namedPrices(order).find(([, value]) => !(Number.isFinite(value) && value > 0));
  return wrong && { code: "order-price-invalid", price: wrong[0], value: wrong[1] };
};
