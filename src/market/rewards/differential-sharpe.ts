/** @file What a step adds to the Sharpe ratio: the differential Sharpe ratio of Moody and Saffell. */
import type { RewardTerm } from "../reward.ts";
import { wasFlat } from "../reward.ts";

/** Settings of the differential ratios. */
export interface DifferentialSettings {
  /** Rate η at which moments forget: 0.01 halves what is known in 69 steps. */
  readonly eta: number;
  /** Steps at risk before anything is paid; until 1/η steps the moments are plain means, so that a start at 0 does not bend them. */
  readonly warmUpSteps: number;
  /** Deviation of a step's return that is added to the measured one (their squares): a quiet account is not paid without bound. */
  readonly deviationFloor: number;
  /** Where it is named, the value D becomes limit · tanh(D / limit). */
  readonly limit?: number | undefined;
}

export const differentialDefaults: DifferentialSettings = { eta: 0.01, warmUpSteps: 20, deviationFloor: 1e-4 };

/**
 * D = ((B + f)·ΔA − ½·A·ΔB) / (B − A² + f)^{3/2} with ΔA = R − A, ΔB = R² − B and the moments A, B before the step: the
 * derivative by η at 0 of A / √(B − A² + f), the Sharpe ratio of exponential moments. With a floor of f = 0 it is that of
 * Moody and Saffell, IEEE Transactions on Neural Networks 12(4), 2001.
 */
export function sharpeDerivative(a: number, b: number, gain: number, floor: number): number {
  const variance = Math.max(b - a * a, 0) + floor;
  return ((b + floor) * (gain - a) - 0.5 * a * (gain * gain - b)) / (variance * Math.sqrt(variance));
}

/** D, or `limit` · tanh(D / `limit`). */
function limited(value: number, limit: number | undefined): number {
  return limit === undefined ? value : limit * Math.tanh(value / limit);
}

/**
 * A differential ratio of net simple returns over a deviation. Steps without any position are no part of it: they are paid nothing
 * and change no moment, or an agent would be paid for staying out after a loss.
 * @param square what the second moment is the mean of
 * @param derivative D from both moments before the step, the step's gain and the floor of the variance
 */
export function differentialRatio(
  name: string,
  square: (gain: number) => number,
  derivative: (a: number, b: number, gain: number, floor: number) => number,
  settings: Partial<DifferentialSettings>,
): RewardTerm {
  const { eta, warmUpSteps, deviationFloor, limit } = { ...differentialDefaults, ...settings };
  const floor = deviationFloor ** 2;
  return {
    name,
    // A, B, steps at risk.
    stateWidth: 3,
    begin: (state, at) => void state.fill(0, at, at + 3),
    value(facts, state, at) {
      if (wasFlat(facts)) return 0;
      const gain = facts.after / facts.before - 1;
      const a = state[at];
      const b = state[at + 1];
      const steps = state[at + 2];
      const rate = Math.max(eta, 1 / (steps + 1));
      state[at] = a + rate * (gain - a);
      state[at + 1] = b + rate * (square(gain) - b);
      state[at + 2] = steps + 1;
      return steps < warmUpSteps ? 0 : limited(derivative(a, b, gain, floor), limit);
    },
  };
}

/** The differential Sharpe ratio of net simple returns. */
export function differentialSharpe(settings: Partial<DifferentialSettings> = {}): RewardTerm {
  return differentialRatio("differential-sharpe", (gain) => gain * gain, sharpeDerivative, settings);
}
