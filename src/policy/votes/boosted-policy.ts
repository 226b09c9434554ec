/** @file A model of boosted trees that acts: alone, or where a rule says the same. */
import { invariant } from "#base/invariant.ts";
import { compileModel } from "#tensor/onnx/session.ts";
import type { NetworkPolicy } from "../network-policy.ts";
import { actingNames } from "../actor.ts";
import { forestNames } from "../trees/forest-model.ts";
import { agreement } from "./agreement.ts";
import type { VotingRule } from "./boosted-voter.ts";
import { boostedVoter } from "./boosted-voter.ts";
import type { VoteActing, Voter } from "./vote.ts";
import { votingPolicy } from "./vote.ts";

/**
 * A policy from the bytes of a model that `forestModel` made; deterministic.
 * @param accountSize numbers of an account that the model asks for and does not look at
 * @param agreeing what must say the same, if anything
 */
export async function boostedPolicy(
  name: string,
  model: Uint8Array,
  rule: VotingRule,
  acting: VoteActing,
  instruments: number,
  accountSize: number,
  agreeing?: Voter,
): Promise<NetworkPolicy> {
  const program = await compileModel(model);
  const account = new Float32Array(accountSize);
  const predict = async (market: Float32Array): Promise<Float32Array> => {
    const found = (await program.run({ [actingNames.market]: market, [actingNames.account]: account }))[
      forestNames.predictions
    ];
    invariant(found instanceof Float32Array, "a model of trees gives its predictions", { model: name });
    return found;
  };
  const trees = boostedVoter(name, predict, rule, instruments);
  const policy = votingPolicy(agreeing === undefined ? trees : agreement([trees, agreeing]), acting, instruments);
  return { ...policy, dispose: () => program.dispose() };
}
