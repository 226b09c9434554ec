/** @file A quote: the best price on each side and what is offered there. */

/** Sizes in units of the instrument. */
export interface Quote {
  /** Unix ms UTC. */
  readonly time: number;
  readonly bidPrice: number;
  readonly bidSize: number;
  readonly askPrice: number;
  readonly askSize: number;
}

/** (bid + ask) / 2. */
export function midPrice({ bidPrice, askPrice }: Quote): number {
  return (bidPrice + askPrice) / 2;
}

/** ask − bid, in price. */
export function spreadOf({ bidPrice, askPrice }: Quote): number {
  return askPrice - bidPrice;
}
