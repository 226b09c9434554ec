/** @file The leak battery on one model of a walk-forward: that of the last fold, which knows most. */
import type { Fold } from "#data/split.ts";
import { copyBars } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { sliceUniverse } from "#domain/universe.ts";
import { modelSubject } from "#evaluation/leaks/model-subject.ts";
import type { Verification } from "#evaluation/leaks/verify.ts";
import type { OwnFeature } from "#features/feature.ts";
import { signalSettings } from "#market/action-spaces.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import type { BoostingSettings } from "#training/boosting-settings.ts";
import { agentName } from "#training/boosting-settings.ts";
import { choicesOf } from "#training/choices.ts";
import type { Experiment } from "#training/experiment.ts";
import type { FoldModel } from "#training/fold.worker.ts";
import { decisionOf, treesPolicy } from "#training/trees-policy.ts";
import type { Terminal } from "./terminal.ts";
import { shownVerification } from "./verified-run.ts";

/** A fold's model, trained with the seed of the settings. */
export interface TrainedFold {
  readonly universe: Universe;
  readonly settings: Experiment;
  /** Of trees, which take the place of the agent that the settings name. */
  readonly boosting: BoostingSettings | undefined;
  readonly own: readonly OwnFeature[];
  readonly fold: Fold;
  readonly model: FoldModel;
}

/** Looks at the bars that the fold was trained and chosen on, and at none that are tested. */
export function verifiedFold(trained: TrainedFold, terminal: Terminal): Promise<Verification> {
  const { universe, settings, boosting, own, fold, model } = trained;
  const { train, validation, index } = fold;
  const known = sliceUniverse(universe, 0, validation.to);
  const bars = known.bars.map(copyBars);
  const name = agentName(settings, boosting).toUpperCase();
  const choices = choicesOf(settings.actions, settings);
  const subject = modelSubject({
    name: `${name}, fold ${index + 1}, seed ${settings.seed}`,
    universe: { ...known, bars, openTime: bars[0].openTime },
    train,
    validation,
    settings,
    own,
    scaler: model.scaler,
    signals: signalSettings(settings.actions, settings),
    policy: (before) =>
      boosting === undefined
        ? networkPolicy(name, model.onnx, choices, universe.instruments.length)
        : treesPolicy(name, model.onnx, decisionOf(boosting), settings, before),
    meanReward: model.kind === "policy-network" ? model.validationReward : undefined,
    byTrial: boosting === undefined,
  });
  return shownVerification(subject, { seed: settings.seed }, terminal);
}
