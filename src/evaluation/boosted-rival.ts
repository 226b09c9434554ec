/** @file Boosted trees as a baseline: trained on the agent's own folds, traded by the same trader at the same costs and sizing. */
import type { Fold } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import type { TreeName } from "#training/boosting-settings.ts";
import { boostingSettings, usedOf } from "#training/boosting-settings.ts";
import type { Experiment } from "#training/experiment.ts";
import { experiment } from "#training/experiment.ts";
import type { FeatureFile } from "#training/feature-files.ts";
import { canVote } from "#training/trees-policy.ts";
import type { Candidate } from "./candidate.ts";
import { rivalNames } from "./rival-names.ts";
import type { TrainingProgress } from "./trained-parts.ts";
import { trainFolds } from "./walk-forward.ts";

export interface RivalOptions {
  readonly universe: Universe;
  /** Of the agent: the trees see its features, and trade its account at its costs. */
  readonly settings: Experiment;
  /** Of the agent. */
  readonly folds: readonly Fold[];
  /** Trainings at the same time; the result does not depend on it. */
  readonly workers: number;
  /** What the settings' `featureFiles` hold, where they were read already. */
  readonly featureFiles?: readonly FeatureFile[];
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/**
 * Trees with their default settings, fitted to nothing but the training span of each fold, alone or where the rule of the Alpha
 * document says the same; a rival for `assess` and `runBaselines`.
 * @throws Failure data/not-enough-bars where a span has too few labels that are settled in time
 */
export async function boostedRival(kind: TreeName, options: RivalOptions): Promise<Candidate> {
  const settings = rivalSettings(options.settings);
  const boosting = boostingSettings({ agreeWithRule: kind === "rule-and-boosting" });
  const { candidates } = await trainFolds({ ...options, settings, boosting, seeds: [settings.seed] });
  return { ...candidates[0], name: rivalNames[kind] };
}

/** The agent's settings as far as trees have a use for them. They see the last bar of its window, and act in its space where they can. */
function rivalSettings(settings: Experiment): Experiment {
  const levels = settings.account.shorts ? [-1, 0, 1] : [0, 1];
  const acting = canVote(settings) ? {} : { actions: "levels", levels };
  return experiment({ ...usedOf(settings), lookbackBars: 1, ...acting });
}

/** Sentences for the report: in what such a rival is not like the agent. */
export function rivalNotes(settings: Experiment): string[] {
  const { lookbackBars, actions } = settings;
  return [
    ...(lookbackBars > 1
      ? [`The boosted trees that it was held against saw the last of the ${lookbackBars} bars that it sees.`]
      : []),
    ...(canVote(settings)
      ? []
      : [
          `The boosted trees that it was held against hold all or nothing of each instrument: they cannot act in ${actions}.`,
        ]),
  ];
}
