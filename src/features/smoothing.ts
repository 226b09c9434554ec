/** @file Running averages with an endless memory, of plain numbers. */
import type { Remembering } from "./memory.ts";
import { remembering } from "./memory.ts";

/** Takes a number and gives the average so far. */
export type Smoothing = ((value: number) => number) & Remembering;

/** sₜ = sₜ₋₁ + α(xₜ − sₜ₋₁), begun as the plain mean of the first `period` numbers; until then the mean so far. */
function seededByMean(period: number, alpha: number): Smoothing {
  /** The average, and how many numbers were taken, at most `period`. */
  const kept = new Float64Array(2);
  return remembering([kept], (value: number) => {
    if (kept[1] >= period) return (kept[0] += alpha * (value - kept[0]));
    return (kept[0] += (value - kept[0]) / ++kept[1]);
  });
}

/** Exponential smoothing, α = 2 / (period + 1). */
export function exponential(period: number): Smoothing {
  return seededByMean(period, 2 / (period + 1));
}

/** Wilder's smoothing, α = 1 / period (New Concepts in Technical Trading Systems, 1978). */
export function wilder(period: number): Smoothing {
  return seededByMean(period, 1 / period);
}
