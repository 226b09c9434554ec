/** @file How far a trained policy's confidence can be believed, measured and mended on the validation span. */
import type { Calibration, Outcome, ReliabilityBin } from "#policy/calibration.ts";
import { brierScore, calibrated, calibrationError, isotonic, reliability, tempered } from "#policy/calibration.ts";

/** How confidence is mended: by any never falling map, or by one number. */
const calibrations = {
  isotonic,
  temperature: tempered,
} satisfies Record<string, (outcomes: readonly Outcome[]) => Calibration>;

export type CalibrationMethod = keyof typeof calibrations;

export const calibrationMethods = Object.keys(calibrations) as [CalibrationMethod, ...CalibrationMethod[]];

/** How confidence lies beside what came. */
interface Believed {
  /** Stated confidence beside the share that was right. */
  readonly reliability: readonly ReliabilityBin[];
  /** How far the two are apart, on average over decisions. */
  readonly error: number;
  readonly brier: number;
}

/** As a model's manifest keeps it. */
export interface Confidence extends Believed {
  /** Decisions that were right or not. */
  readonly decisions: number;
  /**
   * Votes of boosted trees for a direction, right where the label came out so. Absent: choices that held a position through the next
   * bar, right where it went the position's way.
   */
  readonly of?: "votes" | undefined;
  readonly method: CalibrationMethod;
  /** The same after calibration: of each fifth of the span by a map that was fitted on the others, so that no map is judged by what it knows. */
  readonly mended: Believed;
  /** From probability to the share that is right, fitted on all decisions: what acting tells as confidence. */
  readonly calibration: Calibration;
}

/** Fewer outcomes say nothing. */
const least = 30;
const parts = 5;

/**
 * What the outcomes of decisions say; undefined where there are too few.
 * @param outcomes in the order of time
 */
export function confidenceOf(
  outcomes: readonly Outcome[],
  method: CalibrationMethod,
  of?: "votes",
): Confidence | undefined {
  if (outcomes.length < least) return undefined;
  const fit = calibrations[method];
  return {
    decisions: outcomes.length,
    ...(of === undefined ? {} : { of }),
    method,
    ...believed(outcomes),
    mended: believed(crossFitted(outcomes, fit)),
    calibration: fit(outcomes),
  };
}

function believed(outcomes: readonly Outcome[]): Believed {
  return { reliability: reliability(outcomes), error: calibrationError(outcomes), brier: brierScore(outcomes) };
}

/** Outcomes with the confidence that a map says which was fitted on the other parts of the span. */
function crossFitted(outcomes: readonly Outcome[], fit: (known: readonly Outcome[]) => Calibration): Outcome[] {
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((edge) => Math.floor((edge * outcomes.length) / parts));
    const map = fit([...outcomes.slice(0, from), ...outcomes.slice(to)]);
    return outcomes
      .slice(from, to)
      .map(({ confidence, right }) => ({ confidence: calibrated(map, confidence), right }));
  }).flat();
}
