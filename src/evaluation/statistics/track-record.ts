/** @file What a formula needs to know of a series of returns: Sharpe ratio a bar, skewness, kurtosis, length. */
import { moments } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import { known, noAnswer, notEnough } from "./answer.ts";

export interface TrackRecord {
  /** Mean over deviation (n − 1) of returns a bar: never annualised. */
  readonly sharpe: number;
  /** Third central moment over deviation³ (n): 0 for the normal distribution. */
  readonly skewness: number;
  /** Fourth central moment over variance² (n), non-excess: 3 for the normal distribution. */
  readonly kurtosis: number;
  readonly bars: number;
}

/** Third and fourth moments of fewer bars are noise. */
const leastBars = 30;

/** @param returns per bar, `[T]`. */
export function trackRecord(returns: ArrayLike<number>): Answer<TrackRecord> {
  const bars = returns.length;
  if (bars < leastBars) return notEnough(leastBars, bars, "bars");
  const { mean, deviation } = moments(returns);
  if (deviation === 0) return noAnswer("The returns do not vary: they have no Sharpe ratio to judge.");
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let t = 0; t < bars; t++) {
    const score = (returns[t] - mean) / deviation;
    second += score ** 2;
    third += score ** 3;
    fourth += score ** 4;
  }
  second /= bars;
  return known({
    sharpe: mean / deviation,
    skewness: third / bars / second ** 1.5,
    kurtosis: fourth / bars / second ** 2,
    bars,
  });
}

/**
 * T · variance of the estimated Sharpe ratio: 1 − γ₃ S + (γ₄ − 1)/4 · S², with γ₄ non-excess (Mertens, 2002; Bailey and López de
 * Prado, 2012). Never below 0, for γ₄ ≥ 1 + γ₃².
 */
export function sharpeSpread({ sharpe, skewness, kurtosis }: TrackRecord): number {
  return 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
}
