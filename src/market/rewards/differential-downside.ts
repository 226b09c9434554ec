/** @file What a step adds to the return over downside deviation: the differential ratio D3R of Moody and Saffell. */
import type { RewardTerm } from "../reward.ts";
import type { DifferentialSettings } from "./differential-sharpe.ts";
import { differentialRatio } from "./differential-sharpe.ts";

/**
 * D = (R − A) / √(V + f) − ½·A·(min(R, 0)² − V) / (V + f)^{3/2} with the mean A and the downside variance V before the step:
 * the derivative by η at 0 of A / √(V + f). With a floor of f = 0 it is the one of Moody and Saffell, 2001.
 */
export function downsideDerivative(a: number, downside: number, gain: number, floor: number): number {
  const variance = downside + floor;
  const loss = Math.min(gain, 0);
  return (gain - a) / Math.sqrt(variance) - (0.5 * a * (loss * loss - downside)) / (variance * Math.sqrt(variance));
}

/** The differential downside deviation ratio of net simple returns. */
export function differentialDownside(settings: Partial<DifferentialSettings> = {}): RewardTerm {
  return differentialRatio("differential-downside", (gain) => Math.min(gain, 0) ** 2, downsideDerivative, settings);
}
