/** @file How far a trained policy's confidence can be believed, measured and mended on the validation span. */
import type { Outcome, ReliabilityBin } from "#policy/calibration.ts";
import { calibrationError, isotonic, reliability } from "#policy/calibration.ts";

/** As a model's manifest keeps it. */
export interface Confidence {
  /** Decisions that held a position through the next bar. */
  readonly decisions: number;
  /** Probability of what was chosen beside the share that was right: the bar went the position's way. */
  readonly reliability: readonly ReliabilityBin[];
  /** How far the two are apart, on average over decisions. */
  readonly error: number;
  /** From probability to the share that is right: what acting tells as confidence. */
  readonly calibration: { readonly confidence: readonly number[]; readonly right: readonly number[] };
}

/** Fewer outcomes say nothing. */
const least = 30;

/** What the outcomes of decisions say; undefined where there are too few. */
export function confidenceOf(outcomes: readonly Outcome[]): Confidence | undefined {
  if (outcomes.length < least) return undefined;
  return {
    decisions: outcomes.length,
    reliability: reliability(outcomes),
    error: calibrationError(outcomes),
    calibration: isotonic(outcomes),
  };
}
