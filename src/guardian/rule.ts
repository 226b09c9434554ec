/** @file The contract of a rule: a pure function that lets an order pass or says why not. */
import type { Leg } from "#domain/leg.ts";
import type { Order, Side } from "#domain/order.ts";

/** The position that an order would change, and the account it belongs to. */
export interface RiskContext {
  /** Unix ms UTC: when the order is reviewed. */
  readonly now: number;
  readonly equity: number;
  /** Signed units of the position that the order names, orders that are still under way included. */
  readonly heldUnits: number;
  /**
   * The same of the other leg of its instrument, on hedging accounts; else 0. The instrument's gross exposure is that of
   * |held| + |beside| units, its net exposure that of held + beside.
   */
  readonly besideUnits: number;
  readonly contractSize: number;
  /** Latest price of the instrument, in its currency as the prices of orders are, and the moment it was true. */
  readonly price: number;
  readonly pricedAt: number;
  /** What one unit of that currency is worth in the account's; absent where they are the same. */
  readonly rate?: number | undefined;
  /** How far the ledger is from balance, relative. */
  readonly ledgerImbalance: number;
}

/** What the rules hold an order to. Each is a number of its own: no limit is infinite. */
export interface Limits {
  /** Largest position in one instrument, as a fraction of equity; two legs beside each other add up, unsigned. */
  readonly maxPositionFraction: number;
  /** Largest single order, as a fraction of equity. */
  readonly maxOrderFraction: number;
  /** Oldest price that may be traded on. */
  readonly maxPriceAgeMs: number;
  /** Largest imbalance of the ledger that rounding explains. */
  readonly maxLedgerImbalance: number;
}

/** Why an order was denied, with the numbers that led to it. */
export type Denial =
  | { readonly code: "order-invalid"; readonly units: number; readonly decisionPrice: number }
  | { readonly code: "order-price-invalid"; readonly price: string; readonly value: number }
  | {
      readonly code: "stop-on-wrong-side";
      readonly price: string;
      readonly side: Side;
      readonly value: number;
      readonly market: number;
    }
  | {
      readonly code: "leg-turned";
      readonly leg: Leg;
      readonly side: Side;
      readonly units: number;
      readonly heldUnits: number;
    }
  | {
      readonly code: "account-invalid";
      readonly equity: number;
      readonly heldUnits: number;
      readonly besideUnits: number;
    }
  | { readonly code: "limits-invalid"; readonly limit: string; readonly value: number }
  | { readonly code: "price-invalid"; readonly price: number }
  | { readonly code: "price-stale"; readonly ageMs: number; readonly limitMs: number }
  | { readonly code: "ledger-broken"; readonly imbalance: number; readonly limit: number }
  | { readonly code: "position-too-large"; readonly fraction: number; readonly limitFraction: number }
  | { readonly code: "order-too-large"; readonly fraction: number; readonly limitFraction: number }
  | { readonly code: "rule-failed"; readonly rule: string; readonly error: string };

/** Must be pure. Whatever it throws denies the order. */
export type Rule = (order: Order, context: RiskContext, limits: Limits) => Denial | undefined;

/**
 * An order that only makes a position smaller, without turning it, whatever its size: always the safe direction. Of two legs it
 * is the order's own: what is held beside it stays within its limit by itself.
 */
export function reducesRisk(order: Order, { heldUnits }: RiskContext): boolean {
  const against = order.side === "buy" ? heldUnits < 0 : heldUnits > 0;
  return against && (order.reduceOnly === true || order.units <= Math.abs(heldUnits));
}

/** Value of units of the order's instrument at its latest price, long and short alike, in account currency. */
export function valueOf(units: number, { price, rate = 1, contractSize }: RiskContext): number {
  return Math.abs(units * price * rate * contractSize);
}

/** Prices that an order names, by name. */
export function namedPrices({ pricing, bracket }: Order): readonly (readonly [price: string, value: number])[] {
  const named: (readonly [string, number])[] = [];
  for (const [name, value] of Object.entries(pricing ?? {})) if (name !== "kind") named.push([name, value as number]);
  for (const [name, value] of Object.entries<number>({ ...bracket })) named.push([`bracket ${name}`, value]);
  return named;
}
