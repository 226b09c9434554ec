/** @file The contract of a broker: what the trader may ask of it, whether it is simulated or real. */
import type { Bar } from "#domain/bar.ts";
import type { Fill } from "#domain/fill.ts";
import type { ApprovedOrder } from "#guardian/gate.ts";

/** One position, with its last price. */
export interface Position {
  readonly symbol: string;
  /** Signed. */
  readonly units: number;
  /** What the position cost at entry, signed like the units, in account currency. */
  readonly cost: number;
  /** Last price, in account currency. */
  readonly mark: number;
  readonly contractSize: number;
  readonly lotStep: number;
  /** What one unit of the instrument's currency is worth in the account's; absent where they are the same. */
  readonly rate?: number;
}

export interface Account {
  readonly equity: number;
  readonly peakEquity: number;
  /** One for each instrument of the universe, in its order, flat ones included. */
  readonly positions: readonly Position[];
  /** How far the books are from balance, relative. */
  readonly ledgerImbalance: number;
}

export interface Broker {
  /** A bar of each instrument has closed: returns the fills since the last call, oldest first. */
  settle(bars: readonly Bar[]): Promise<readonly Fill[]>;
  account(): Promise<Account>;
  /** Idempotent by order id. Takes nothing but what the Guardian approved. */
  submit(order: ApprovedOrder): Promise<void>;
}
