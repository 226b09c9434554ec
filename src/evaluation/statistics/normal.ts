/** @file The standard normal distribution; its inverse is `features/scalers/inverse-normal.ts`. */

/** Probability of a standard normal number below x (series of Marsaglia, 2004; Laplace's continued fraction in the tails). */
export function normalProbability(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x > 0) return 1 - normalProbability(-x);
  if (x === -Infinity) return 0;
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x < -4) {
    let fraction = 0;
    for (let n = 120; n > 0; n--) fraction = n / (-x + fraction);
    return density / (-x + fraction);
  }
  let term = x;
  let total = x;
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(total); n += 2) total += term *= (x * x) / n;
  return 0.5 + total * density;
}
