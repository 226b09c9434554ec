/** @file Hurst exponent of the log returns: ½ for a walk without memory, more where moves persist, less where they revert. */
import { invariant } from "#base/invariant.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { logReturns, steady } from "../log-returns.ts";
import { first, mean, push, rolling, sumOfPowers } from "../rolling.ts";

/** Lengths of the boxes: from 8 on doubled, up to a quarter of the window. */
function boxLengths(period: number): number[] {
  const lengths: number[] = [];
  for (let length = 8; length <= period / 4; length *= 2) lengths.push(length);
  return lengths;
}

/** Σ of squared distances of `profile[from … from + length)` from its own least-squares line. */
function detrendedSquares(profile: Float64Array, from: number, length: number): number {
  const middle = (length - 1) / 2;
  let [total, product, squares] = [0, 0, 0];
  const origin = profile[from];
  for (let k = 0; k < length; k++) {
    const value = profile[from + k] - origin;
    total += value;
    product += (k - middle) * value;
    squares += value * value;
  }
  const spread = (length * (length * length - 1)) / 12;
  return Math.max(0, squares - (total * total) / length - (product * product) / spread);
}

/**
 * Slope of ln F(n) against ln n over boxes of n = 8, 16, … returns, F(n) the root mean square of the detrended profile
 * (running sum of returns less their mean) in boxes of n: detrended fluctuation analysis of order 1. ½ where the returns
 * are all equal but for rounding. Peng et al., Physical Review E 49, 1994. On fewer than 256 returns it is noise: refused.
 */
export function hurstExponent(period = 256): Indicator {
  invariant(period >= 256 && period % 64 === 0, "a Hurst exponent takes 256 returns or more, in 64s", { period });
  const returns = rolling(period);
  const next = logReturns();
  const profile = new Float64Array(period);
  const lengths = boxLengths(period);
  const logs = lengths.map(Math.log);
  const centre = logs.reduce((total, log) => total + log, 0) / logs.length;
  const spread = logs.reduce((total, log) => total + (log - centre) ** 2, 0);
  return indicator(["hurst"], period + 1, [returns, next], (bar, into, at) => {
    push(returns, next(bar));
    const average = mean(returns);
    if (steady(sumOfPowers(returns, average, 2) / period)) {
      into[at] = 0.5;
      return;
    }
    const { values } = returns;
    const start = first(returns);
    let height = 0;
    for (let k = 0; k < period; k++) profile[k] = height += values[start + k] - average;
    let slope = 0;
    for (let box = 0; box < lengths.length; box++) {
      const length = lengths[box];
      let squares = 0;
      for (let from = 0; from + length <= period; from += length) squares += detrendedSquares(profile, from, length);
      // A profile of straight lines has no fluctuation at all: counted as the smallest number there is a logarithm of.
      slope += (logs[box] - centre) * 0.5 * Math.log(Math.max(squares / period, Number.MIN_VALUE));
    }
    into[at] = slope / spread;
  });
}
