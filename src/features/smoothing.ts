/** @file Running averages with an endless memory, of plain numbers. */

/** Takes a number and gives the average so far. */
export type Smoothing = (value: number) => number;

/** sₜ = sₜ₋₁ + α(xₜ − sₜ₋₁), begun as the plain mean of the first `period` numbers; until then the mean so far. */
function seededByMean(period: number, alpha: number): Smoothing {
  let average = 0;
  let count = 0;
  return (value) => {
    if (count < period) count++;
    else return (average += alpha * (value - average));
    return (average += (value - average) / count);
  };
}

/** Exponential smoothing, α = 2 / (period + 1). */
export function exponential(period: number): Smoothing {
  return seededByMean(period, 2 / (period + 1));
}

/** Wilder's smoothing, α = 1 / period (New Concepts in Technical Trading Systems, 1978). */
export function wilder(period: number): Smoothing {
  return seededByMean(period, 1 / period);
}
