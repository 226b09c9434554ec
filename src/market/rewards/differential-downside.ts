/** @file What a step adds to the return over downside deviation: the differential ratio D3R of Moody and Saffell. */
import type { RewardTerm } from "../reward.ts";
import { wasFlat } from "../reward.ts";
import type { DifferentialSettings } from "./differential-sharpe.ts";
import { differentialDefaults, limited } from "./differential-sharpe.ts";

/**
 * D = (R − A) / √(V + f) − ½·A·(min(R, 0)² − V) / (V + f)^{3/2} with the mean A and the downside variance V before the step:
 * the derivative by η at 0 of A / √(V + f). With a floor of f = 0 it is the one of Moody and Saffell, 2001.
 */
export function downsideDerivative(a: number, downside: number, gain: number, floor: number): number {
  const variance = downside + floor;
  const loss = Math.min(gain, 0);
  return (gain - a) / Math.sqrt(variance) - (0.5 * a * (loss * loss - downside)) / (variance * Math.sqrt(variance));
}

/** The differential downside deviation ratio of net simple returns; steps without any position are no part of it. */
export function differentialDownside(settings: Partial<DifferentialSettings> = {}): RewardTerm {
  const { eta, warmUpSteps, deviationFloor, limit } = { ...differentialDefaults, ...settings };
  const floor = deviationFloor ** 2;
  return {
    name: "differential-downside",
    // A, V, steps at risk.
    stateWidth: 3,
    begin: (state, at) => void state.fill(0, at, at + 3),
    value(facts, state, at) {
      if (wasFlat(facts)) return 0;
      const gain = facts.after / facts.before - 1;
      const a = state[at];
      const downside = state[at + 1];
      const steps = state[at + 2];
      const rate = Math.max(eta, 1 / (steps + 1));
      const loss = Math.min(gain, 0);
      state[at] = a + rate * (gain - a);
      state[at + 1] = downside + rate * (loss * loss - downside);
      state[at + 2] = steps + 1;
      return steps < warmUpSteps ? 0 : limited(downsideDerivative(a, downside, gain, floor), limit);
    },
  };
}
