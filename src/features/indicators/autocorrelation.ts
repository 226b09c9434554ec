/** @file Autocorrelation of the log returns: above 0 where they follow each other, below 0 where they undo each other. */
import { delayed } from "../delayed.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns, steady } from "../log-returns.ts";
import { rollingPairs } from "../rolling-pairs.ts";

/** Pearson's correlation of the last n pairs (rₜ, rₜ₋ₗ), −1 to 1; 0 where either side is constant but for rounding. Box and Jenkins, Time Series Analysis, 1970. */
export function autocorrelation(lag = 1, pairs = 60): Indicator {
  const next = logReturns();
  const earlier = delayed(lag);
  const returns = rollingPairs(pairs);
  return indicator(["autocorrelation"], pairs + lag + 1, [next, earlier, returns], (bar, into, at) => {
    const later = next(bar);
    const before = earlier(later);
    if (Number.isNaN(before)) return;
    returns.take(before, later);
    const [squares, laterSquares] = [returns.squaresOfX(), returns.squaresOfY()];
    const still = steady(squares / pairs) || steady(laterSquares / pairs);
    into[at] = still ? 0 : returns.products() / Math.sqrt(squares) / Math.sqrt(laterSquares);
  });
}
