/** @file A trained network that acts: the most probable legal choice for each instrument, or the weights that its action stands for. */
import { invariant } from "#base/invariant.ts";
import type { ActionLevels } from "#domain/action-levels.ts";
import { levelWeight } from "#domain/action-levels.ts";
import { compileModel } from "#tensor/onnx/session.ts";
import type { Calibration } from "./calibration.ts";
import { calibrated } from "./calibration.ts";
import { chosenProbability, mostProbable, normalisedEntropy } from "./categorical.ts";
import type { Answer } from "./actor.ts";
import { actingNames } from "./actor.ts";
import type { Policy } from "./policy.ts";

export interface NetworkPolicy extends Policy {
  dispose(): Promise<void>;
}

/**
 * What the numbers of a network stand for, alike for each instrument: levels of its share of the equity, or words; or, of a
 * network that gives an action, the weights that are written for it.
 */
export type Choices =
  | { readonly levels: ActionLevels }
  | { readonly words: readonly string[] }
  | { readonly weights: (action: Float32Array, at: number, weights: Float64Array) => void };

/**
 * A policy from the bytes of an acting model; deterministic.
 * @param calibration from the probability of a choice to how often such choices are right; without it nothing is said of that
 */
export async function networkPolicy(
  name: string,
  model: Uint8Array,
  choices: Choices,
  instruments: number,
  calibration?: Calibration,
): Promise<NetworkPolicy> {
  if ("weights" in choices) return weighingPolicy(name, model, choices, instruments);
  const program = await compileModel(model);
  const size = "levels" in choices ? choices.levels.length : choices.words.length;
  const sizes = Array.from({ length: instruments }, () => size);
  const actions = new Int32Array(instruments);
  const unsure = new Float32Array(instruments);
  const chosen = new Float64Array(instruments);
  return {
    name,
    async act({ market, account, legal }) {
      const output = await program.run({ [actingNames.market]: market, [actingNames.account]: account });
      const { logits, actionValues } = output as Partial<Record<Answer, Float32Array>>;
      const scores = logits ?? actionValues;
      if (scores === undefined) invariant(false, "an acting model gives logits or action values", { policy: name });
      mostProbable(scores, legal, 0, sizes, actions, 0);
      if ("levels" in choices) {
        return { weights: Array.from(actions, (action) => levelWeight(choices.levels, action, instruments)) };
      }
      if (legal === undefined) invariant(false, "a policy of signals is told which are legal", { policy: name });
      const signals = Array.from(actions, (action) => choices.words[action]);
      if (logits === undefined) return { signals };
      normalisedEntropy(logits, legal, 0, sizes, unsure, 0);
      const decision = { signals, entropy: [...unsure] };
      if (calibration === undefined) return decision;
      chosenProbability(logits, legal, 0, sizes, actions, 0, chosen);
      return { ...decision, confidence: Array.from(chosen, (probability) => calibrated(calibration, probability)) };
    },
    dispose: () => program.dispose(),
  };
}

/** The policy of a network that gives real numbers: no choice, so nothing that it could be unsure of. */
async function weighingPolicy(
  name: string,
  model: Uint8Array,
  { weights: write }: Extract<Choices, { readonly weights: unknown }>,
  instruments: number,
): Promise<NetworkPolicy> {
  const program = await compileModel(model);
  const weights = new Float64Array(instruments);
  return {
    name,
    async act({ market, account }) {
      const output = await program.run({ [actingNames.market]: market, [actingNames.account]: account });
      const { action } = output as Partial<Record<Answer, Float32Array>>;
      if (action === undefined)
        invariant(false, "an acting model gives an action where weights are asked for", { policy: name });
      write(action, 0, weights);
      // A broken network must not be mistaken for one that wants to be flat.
      if (!weights.every(Number.isFinite)) invariant(false, "weights are finite numbers", { policy: name });
      return { weights: [...weights] };
    },
    dispose: () => program.dispose(),
  };
}
