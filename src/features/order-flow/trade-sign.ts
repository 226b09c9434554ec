/** @file Who crossed the spread, told from prices where the source does not say. */
import type { Quote } from "#domain/quote.ts";
import { midPrice } from "#domain/quote.ts";
import type { Aggressor } from "#domain/trade.ts";
import type { Remembering } from "../memory.ts";
import { remembering } from "../memory.ts";

/** The tick rule: the sign of the last change of price; 0 until there is one. */
export function tickRule(): ((price: number) => Aggressor) & Remembering {
  const last = Float64Array.of(NaN);
  const sign = new Float64Array(1);
  return remembering([last, sign], (price: number): Aggressor => {
    if (price > last[0]) sign[0] = 1;
    else if (price < last[0]) sign[0] = -1;
    last[0] = price;
    return sign[0] as Aggressor;
  });
}

/**
 * Above the middle of the quote that was in force before the trade: a buyer; below: a seller; at it: what the tick rule
 * says (Lee and Ready, Inferring Trade Direction from Intraday Data, 1991; without their delay of 5 seconds, which is of
 * their data).
 */
export function leeReady(price: number, before: Quote, tick: Aggressor): Aggressor {
  const middle = midPrice(before);
  return price > middle ? 1 : price < middle ? -1 : tick;
}

/** Σ of the last signs / their number; of as many as there were while there are fewer, 0 before the first. */
export interface RecentSigns extends Remembering {
  take(sign: Aggressor): void;
  imbalance(): number;
}

export function recentSigns(length: number): RecentSigns {
  const signs = new Float64Array(length);
  /** How many came, and the sum of the last ones: whole numbers, so that it never drifts. */
  const counts = new Float64Array(2);
  return {
    memory: [signs, counts],
    take(sign) {
      const slot = counts[0] % length;
      counts[1] += sign - signs[slot];
      signs[slot] = sign;
      counts[0]++;
    },
    imbalance: () => (counts[0] === 0 ? 0 : counts[1] / Math.min(counts[0], length)),
  };
}
