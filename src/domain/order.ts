/** @file An order: what we ask of a broker. */

export type Side = "buy" | "sell";

/** Deadly to mix with any other text, hence branded. */
export type OrderId = string & { readonly brand: "OrderId" };

/** A market order. `units` is always positive, the side gives the sign. */
export interface Order {
  readonly id: OrderId;
  readonly symbol: string;
  readonly side: Side;
  readonly units: number;
  /** Close of the bar that the decision was made on, in currency. */
  readonly decisionPrice: number;
  /** Unix ms UTC: the close of that bar. */
  readonly decidedAt: number;
}

/** Idempotent: the same decision has the same id, however often it is made again after a crash. */
export function orderId(symbol: string, decidedAt: number): OrderId {
  return `${symbol}-${decidedAt}` as OrderId;
}

/** Units with the sign of the side. */
export function signedUnits(order: Pick<Order, "side" | "units">): number {
  return order.side === "buy" ? order.units : -order.units;
}
