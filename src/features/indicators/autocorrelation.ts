/** @file Autocorrelation of the log returns: above 0 where they follow each other, below 0 where they undo each other. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns, steady } from "../log-returns.ts";
import { first, push, rolling } from "../rolling.ts";

/** Pearson's correlation of the last n pairs (rₜ, rₜ₋ₗ), −1 to 1; 0 where either side is constant but for rounding. Box and Jenkins, Time Series Analysis, 1970. */
export function autocorrelation(lag = 1, pairs = 60): Indicator {
  const returns = rolling(pairs + lag);
  const next = logReturns();
  return indicator(["autocorrelation"], pairs + lag + 1, [returns, next], (bar, into, at) => {
    push(returns, next(bar));
    const { values } = returns;
    const start = first(returns);
    let [earlier, later] = [0, 0];
    for (let k = start; k < start + pairs; k++) {
      earlier += values[k];
      later += values[k + lag];
    }
    earlier /= pairs;
    later /= pairs;
    let [product, squares, laterSquares] = [0, 0, 0];
    for (let k = start; k < start + pairs; k++) {
      const [x, y] = [values[k] - earlier, values[k + lag] - later];
      product += x * y;
      squares += x * x;
      laterSquares += y * y;
    }
    const still = steady(squares / pairs) || steady(laterSquares / pairs);
    into[at] = still ? 0 : product / Math.sqrt(squares) / Math.sqrt(laterSquares);
  });
}
