/**
 * @file A stop buys above the market and sells below it; a bracket's stop loses and its target gains. On the wrong side it would
 * trade at once.
 */
import type { Order } from "#domain/order.ts";
import type { Denial, Rule } from "../rule.ts";

export const stopOnWrongSide: Rule = ({ side, pricing, bracket }, { price }) => {
  if (pricing === undefined && bracket === undefined) return undefined;
  const above = (name: string, value: number, than: number): Denial | undefined =>
    value > than ? undefined : { code: "stop-on-wrong-side", price: name, side, value, market: than };
  const below = (name: string, value: number, than: number): Denial | undefined =>
    value < than ? undefined : { code: "stop-on-wrong-side", price: name, side, value, market: than };
  const [losing, winning] = side === "buy" ? [below, above] : [above, below];
  if (pricing?.kind === "stop" || pricing?.kind === "stop-limit") {
    const wrong = winning("stop", pricing.stop, price);
    if (wrong !== undefined) return wrong;
  }
  if (bracket === undefined) return undefined;
  const entry = entryPrice(pricing, price);
  return (
    (bracket.stop === undefined ? undefined : losing("bracket stop", bracket.stop, entry)) ??
    (bracket.target === undefined ? undefined : winning("bracket target", bracket.target, entry))
  );
};

/** Where an order is about to trade. */
function entryPrice(pricing: Order["pricing"], price: number): number {
  if (pricing === undefined || pricing.kind === "trailing-stop") return price;
  return pricing.kind === "stop" ? pricing.stop : pricing.limit;
}
