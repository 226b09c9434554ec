/** @file How long a training is, in its own steps: what a bar of progress counts. */
import type { BoostingSettings } from "./boosting-settings.ts";
import type { Experiment } from "./experiment.ts";

/** Env steps of a learner by trial; of boosted trees the rounds of all instruments. At most: either may stop early. */
export function trainingSteps(
  { transitions }: Experiment,
  boosting: BoostingSettings | undefined,
  instruments: number,
): number {
  return boosting === undefined ? transitions : boosting.rounds * instruments;
}
