/** @file Ulcer index: how deep and how long the close has been below its recent high, in percent. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { first, push, rolling } from "../rolling.ts";

/** UI = √(mean of d²), d = 100 · (close / highest close since the window began − 1), over n closes. Martin and McCann, The Investor's Guide to Fidelity Funds, 1989. */
export function ulcerIndex(period = 14): Indicator {
  const closes = rolling(period);
  return indicator(["ulcer"], period, [closes], (bar, into, at) => {
    push(closes, bar.close);
    const { values } = closes;
    const start = first(closes);
    let highest = values[start];
    let squares = 0;
    for (let k = start; k < start + period; k++) {
      const close = values[k];
      if (close > highest) highest = close;
      const fall = (100 * (close - highest)) / highest;
      squares += fall * fall;
    }
    into[at] = Math.sqrt(squares / period);
  });
}
