/** @file The interval of a share that was counted. */
import type { Interval } from "../bootstrap.ts";

/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

/**
 * Wilson's 95 % interval of a share, of k among n that do not depend on each other: (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)
 * (Wilson, 1927). Within 0 and 1 for any n above 0.
 */
export function wilsonInterval(k: number, n: number): Interval {
  const estimate = k / n;
  const middle = estimate + (z * z) / (2 * n);
  const reach = z * Math.sqrt((estimate * (1 - estimate)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  // At either end the bound is the end itself, but for rounding.
  return {
    estimate,
    lower: k === 0 ? 0 : (middle - reach) / whole,
    upper: k === n ? 1 : (middle + reach) / whole,
  };
}
