/** @file A trade that others made, and trades as columns. */

/** Who crossed the spread: 1 a buyer, −1 a seller, 0 where the source does not say. */
export type Aggressor = -1 | 0 | 1;

export interface Trade {
  /** Unix ms UTC. */
  readonly time: number;
  readonly price: number;
  /** Above 0. */
  readonly units: number;
  readonly aggressor: Aggressor;
}

/** Trades of one instrument in time order, each `[T]`. */
export interface Trades {
  readonly time: Float64Array;
  readonly price: Float64Array;
  readonly units: Float64Array;
  readonly aggressor: Int8Array;
}

/** What was bought and sold aggressively between two moments, where a source has only the sums; each `[T]`. */
export interface AggressorVolume {
  /** The moment from which the row is known. */
  readonly time: Float64Array;
  readonly boughtUnits: Float64Array;
  readonly soldUnits: Float64Array;
}

/** The trade at index `t`. */
export function tradeAt({ time, price, units, aggressor }: Trades, t: number): Trade {
  return { time: time[t], price: price[t], units: units[t], aggressor: aggressor[t] as Aggressor };
}
