/** @file An order: what we ask of a broker. */
import type { PositionName } from "./leg.ts";

export type Side = "buy" | "sell";

/** Deadly to mix with any other text, hence branded. */
export type OrderId = string & { readonly brand: "OrderId" };

/** At which price an order may trade, and when; all in the instrument's currency. */
export type Pricing =
  /** At `limit` or better. */
  | { readonly kind: "limit"; readonly limit: number }
  /** At the market, once the price has come to `stop`. */
  | { readonly kind: "stop"; readonly stop: number }
  /** At `limit` or better, once the price has come to `stop`. */
  | { readonly kind: "stop-limit"; readonly stop: number; readonly limit: number }
  /** A stop that follows the close at the distance `trail`, at each close and only in favour. */
  | { readonly kind: "trailing-stop"; readonly trail: number };

/** An order for one position. `units` is always positive, the side gives the sign. */
export interface Order extends PositionName {
  readonly id: OrderId;
  readonly side: Side;
  readonly units: number;
  /** Close of the bar that the decision was made on, in currency. */
  readonly decisionPrice: number;
  /** Unix ms UTC: the close of that bar. */
  readonly decidedAt: number;
  /** Absent: at the market, at the next open; what is not filled there is cancelled. */
  readonly pricing?: Pricing;
  /** `day`: dies with the exchange's day in which it could first trade. `gtc`, and absent: rests until it is cancelled. */
  readonly timeInForce?: "day" | "gtc";
  /** Makes a position smaller and never turns it: what is beyond the position is not filled, and it dies with the position. */
  readonly reduceOnly?: true;
  /** Where one order of a group fills, the others are cancelled. */
  readonly ocoGroup?: string;
  /** Reduce-only orders that begin to rest, one cancelling the other, with as many units as are filled of this one. */
  readonly bracket?: Bracket;
}

/** Prices at which a position is closed against us and for us. */
export interface Bracket {
  readonly stop?: number;
  readonly target?: number;
}

/**
 * Idempotent: the same decision has the same id, however often it is made again after a crash.
 * @param title of the position (`positionTitle`)
 */
export function orderId(title: string, decidedAt: number): OrderId {
  return `${title}-${decidedAt}` as OrderId;
}

/** When an order at the market was decided, read from its id; undefined of one that protects a position or that a broker made. */
export function decisionTime(title: string, id: OrderId): number | undefined {
  const [, time] = id.startsWith(title) ? (/^-(-?\d+)$/.exec(id.slice(title.length)) ?? []) : [];
  return time === undefined ? undefined : Number(time);
}

/** Id of an order that protects a position. */
export function protectionId(title: string, name: keyof Bracket, decidedAt: number): OrderId {
  return orderId(`${title}-${name}`, decidedAt);
}

/** Units with the sign of the side. */
export function signedUnits(order: Pick<Order, "side" | "units">): number {
  return order.side === "buy" ? order.units : -order.units;
}

export function opposite(side: Side): Side {
  return side === "buy" ? "sell" : "buy";
}
