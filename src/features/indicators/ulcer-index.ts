/** @file Ulcer index: how deep and how long the close has been below its recent high, in percent. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { rollingFalls } from "../rolling-falls.ts";

/** UI = √(mean of d²), d = 100 · (close / highest close since the window began − 1), over n closes. Martin and McCann, The Investor's Guide to Fidelity Funds, 1989. */
export function ulcerIndex(period = 14): Indicator {
  const falls = rollingFalls(period);
  return indicator(["ulcer"], period, [falls], ({ close }, into, at) => {
    into[at] = 100 * Math.sqrt(falls(close) / period);
  });
}
