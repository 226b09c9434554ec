/** @file A leg keeps its side: what sells of a long one, or buys of a short one, only makes it smaller. */
import type { Rule } from "../rule.ts";
import { reducesRisk } from "../rule.ts";

export const legTurned: Rule = (order, context) => {
  const { leg, side, units } = order;
  if (leg === undefined || side === (leg === "long" ? "buy" : "sell") || reducesRisk(order, context)) return undefined;
  return { code: "leg-turned", leg, side, units, heldUnits: context.heldUnits };
};
