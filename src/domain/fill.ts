/** @file A fill: what a broker did with an order. */
import type { PositionName } from "./leg.ts";
import type { OrderId, Side } from "./order.ts";

export interface Fill extends PositionName {
  readonly orderId: OrderId;
  readonly side: Side;
  /** Always positive. */
  readonly units: number;
  /** Price paid or received, spread and slippage included, in the instrument's currency. */
  readonly price: number;
  /** Price without spread and slippage: of an order at the market the open of the bar it was filled in. */
  readonly referencePrice: number;
  /** Commission and fees, in account currency. */
  readonly fee: number;
  /** Unix ms UTC. */
  readonly filledAt: number;
  /** What one unit of the instrument's currency was worth in the account's; absent where they are the same. */
  readonly rate?: number | undefined;
}
