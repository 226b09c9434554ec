/** @file A trained network that acts: the most probable legal choice for each instrument. */
import { invariant } from "#base/invariant.ts";
import type { ActionLevels } from "#domain/action-levels.ts";
import { levelWeight } from "#domain/action-levels.ts";
import { compileModel } from "#tensor/onnx/session.ts";
import { mostProbable, normalisedEntropy } from "./categorical.ts";
import type { Answer } from "./actor.ts";
import { actingNames } from "./actor.ts";
import type { Policy } from "./policy.ts";

export interface NetworkPolicy extends Policy {
  dispose(): Promise<void>;
}

/** What the numbers of a network stand for, alike for each instrument: levels of its share of the equity, or words. */
export type Choices = { readonly levels: ActionLevels } | { readonly words: readonly string[] };

/** A policy from the bytes of an acting model; deterministic. */
export async function networkPolicy(
  name: string,
  model: Uint8Array,
  choices: Choices,
  instruments: number,
): Promise<NetworkPolicy> {
  const program = await compileModel(model);
  const size = "levels" in choices ? choices.levels.length : choices.words.length;
  const sizes = Array.from({ length: instruments }, () => size);
  const actions = new Int32Array(instruments);
  const unsure = new Float32Array(instruments);
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
      return { signals, entropy: [...unsure] };
    },
    dispose: () => program.dispose(),
  };
}
