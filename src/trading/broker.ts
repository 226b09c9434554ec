/** @file The contract of a broker: what the trader may ask of it, whether it is simulated or real. */
import type { Bar } from "#domain/bar.ts";
import type { Fill } from "#domain/fill.ts";
import type { PositionName } from "#domain/leg.ts";
import type { OrderId, Pricing, Side } from "#domain/order.ts";
import type { ApprovedOrder } from "#guardian/gate.ts";

/** One position, with its last price. */
export interface Position extends PositionName {
  /** Signed. */
  readonly units: number;
  /** What the position cost at entry, signed like the units, in account currency. */
  readonly cost: number;
  /** Last price, in account currency. */
  readonly mark: number;
  /** Signed units of orders at the market that are still on their way. */
  readonly unitsUnderWay: number;
  /** Average price paid for what is held, in the instrument's currency; absent where no currency is converted. */
  readonly entryPrice?: number;
  /** Half the spread in the bar that has closed, in price, in account currency. */
  readonly halfSpread: number;
  readonly contractSize: number;
  readonly lotStep: number;
  /** What one unit of the instrument's currency is worth in the account's; absent where they are the same. */
  readonly rate?: number;
}

export interface Account {
  readonly equity: number;
  readonly peakEquity: number;
  /**
   * One for each instrument of the universe, in its order, flat ones included; on hedging accounts two, the long leg before the
   * short one.
   */
  readonly positions: readonly Position[];
  /** How far the books are from balance, relative. */
  readonly ledgerImbalance: number;
}

/** An order that waits or rests, as it stands now: splits are in its numbers, and a trailing stop has moved. */
export interface OpenOrder extends PositionName {
  readonly id: OrderId;
  readonly side: Side;
  /** What is left to fill. */
  readonly units: number;
  /** Absent: a market order that has not come to the venue yet. */
  readonly pricing: Pricing | undefined;
  /** Price that triggers it; absent where none does, or where it has come. */
  readonly stop: number | undefined;
  readonly reduceOnly: boolean;
}

export interface Broker {
  /** A bar of each instrument has closed: returns the fills since the last call, oldest first. */
  settle(bars: readonly Bar[]): Promise<readonly Fill[]>;
  account(): Promise<Account>;
  /** Orders that wait or rest, oldest first, with those that a bracket's entry has brought. */
  openOrders(): Promise<readonly OpenOrder[]>;
  /**
   * Idempotent by order id. Takes nothing but what the Guardian approved.
   * @returns why the venue refuses the order, which is dead then; undefined: it was taken
   */
  submit(order: ApprovedOrder): Promise<string | undefined>;
  /** Ends an order once the venue hears of it; nothing happens where it has ended already. What an entry has brought stays. */
  cancel(id: OrderId): Promise<void>;
}
