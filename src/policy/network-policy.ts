/** @file A trained network that acts: the most probable level for each instrument. */
import type { ActionLevels } from "#domain/action-levels.ts";
import { levelSpace, levelWeight } from "#domain/action-levels.ts";
import { compileModel } from "#tensor/onnx/session.ts";
import { mostProbable } from "./categorical.ts";
import { actingNames } from "./network.ts";
import type { Policy } from "./policy.ts";

export interface NetworkPolicy extends Policy {
  dispose(): Promise<void>;
}

/** A policy from the bytes of an acting model; deterministic. */
export async function networkPolicy(
  name: string,
  model: Uint8Array,
  levels: ActionLevels,
  instruments: number,
): Promise<NetworkPolicy> {
  const program = await compileModel(model);
  const { sizes } = levelSpace(levels, instruments);
  const actions = new Int32Array(instruments);
  return {
    name,
    async act({ market, account }) {
      const output = await program.run({ [actingNames.market]: market, [actingNames.account]: account });
      mostProbable(output[actingNames.logits] as Float32Array, undefined, 0, sizes, actions, 0);
      return { weights: Array.from(actions, (action) => levelWeight(levels, action, instruments)) };
    },
    dispose: () => program.dispose(),
  };
}
