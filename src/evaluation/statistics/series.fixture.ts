/** @file Series that are easy to repeat elsewhere, for golden values. */

/** yₜ = φ yₜ₋₁ + eₜ with uniform e from the 32-bit generator of Numerical Recipes. */
export function autoregression(bars: number, seed: number, phi = 0): Float64Array {
  let state = seed;
  let last = 0;
  return Float64Array.from({ length: bars }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (last = phi * last + state / 2 ** 32 - 0.5);
  });
}

/** Skewed returns of 500 bars with a per-bar Sharpe ratio of 0.07. */
export function skewedReturns(): Float64Array {
  return autoregression(500, 7, 0.2).map((value) => 0.01 * (value - 0.02 + 0.5 * value * value));
}
