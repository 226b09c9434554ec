/** @file The only door to a broker: an order passes when every rule lets it pass. Fails closed. */
import { balanceTolerance } from "#domain/ledger.ts";
import type { Order } from "#domain/order.ts";
import { maxOrderFraction, maxPositionFraction } from "#domain/position-limit.ts";
import type { Denial, Limits, RiskContext, Rule } from "./rule.ts";
import { accountInvalid } from "./rules/account-invalid.ts";
import { ledgerBroken } from "./rules/ledger-broken.ts";
import { legTurned } from "./rules/leg-turned.ts";
import { limitsInvalid } from "./rules/limits-invalid.ts";
import { orderInvalid } from "./rules/order-invalid.ts";
import { orderPriceInvalid } from "./rules/order-price-invalid.ts";
import { orderTooLarge } from "./rules/order-too-large.ts";
import { positionTooLarge } from "./rules/position-too-large.ts";
import { priceInvalid } from "./rules/price-invalid.ts";
import { priceStale } from "./rules/price-stale.ts";
import { stopOnWrongSide } from "./rules/stop-on-wrong-side.ts";

declare const approval: unique symbol;

/** An order that the gate has approved. Nothing else can make one: the brand's symbol leaves this file only as a type. */
export type ApprovedOrder = Order & { readonly [approval]: true };

export type Verdict =
  | { readonly approved: true; readonly order: ApprovedOrder }
  | { readonly approved: false; readonly order: Order; readonly denials: readonly Denial[] };

/** Every rule, in the order in which its denial is reported. */
const rules = {
  orderInvalid,
  orderPriceInvalid,
  stopOnWrongSide,
  legTurned,
  accountInvalid,
  limitsInvalid,
  priceInvalid,
  priceStale,
  ledgerBroken,
  positionTooLarge,
  orderTooLarge,
} as const satisfies Record<string, Rule>;
const namedRules: readonly (readonly [name: string, rule: Rule])[] = Object.entries(rules);

/** Room for a full long or short position and for turning one into the other, with some drift; no more. */
export function defaultLimits(barMs: number): Limits {
  return {
    maxPositionFraction,
    maxOrderFraction,
    maxPriceAgeMs: barMs,
    maxLedgerImbalance: balanceTolerance,
  };
}

/** Orders that passed here, so that a broker can also refuse at run time what a cast let through the compiler. */
const passed = new WeakSet<Order>();

/** Asks every rule. A rule that throws, or compares with NaN, denies. */
export function review(order: Order, context: RiskContext, limits: Limits): Verdict {
  // The copy is what the rules see and what passes: nobody can change it on the way.
  const approved = frozenCopy(order) as ApprovedOrder;
  let denials: Denial[] | undefined;
  for (const [name, rule] of namedRules) {
    const denial = verdictOf(name, rule, approved, context, limits);
    if (denial !== undefined) (denials ??= []).push(denial);
  }
  if (denials !== undefined) return { approved: false, order, denials };
  passed.add(approved);
  return { approved: true, order: approved };
}

/** A copy that nobody can change, with what lies in it. */
function frozenCopy(order: Order): Order {
  const copy = { ...order };
  if (copy.pricing === undefined && copy.bracket === undefined) return Object.freeze(copy);
  return Object.freeze({
    ...copy,
    ...(copy.pricing && { pricing: Object.freeze({ ...copy.pricing }) }),
    ...(copy.bracket && { bracket: Object.freeze({ ...copy.bracket }) }),
  });
}

/** Did this very order pass the gate? For brokers, at their door. */
export function isApproved(order: Order): order is ApprovedOrder {
  return passed.has(order);
}

function verdictOf(name: string, rule: Rule, order: Order, context: RiskContext, limits: Limits): Denial | undefined {
  try {
    return rule(order, context, limits);
  } catch (error) {
    return { code: "rule-failed", rule: name, error: String(error) };
  }
}
