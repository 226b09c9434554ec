/** @file A model of boosted trees that acts: alone, or where a rule says the same. */
import { invariant } from "#base/invariant.ts";
import { compileModel } from "#tensor/onnx/session.ts";
import type { Calibration } from "../calibration.ts";
import { calibrated } from "../calibration.ts";
import type { NetworkPolicy } from "../network-policy.ts";
import { actingNames } from "../actor.ts";
import { forestNames } from "../trees/forest-model.ts";
import { agreement } from "./agreement.ts";
import type { VotingRule } from "./boosted-voter.ts";
import { boostedVoter } from "./boosted-voter.ts";
import type { VoteActing, Voter } from "./vote.ts";
import { votingPolicy } from "./vote.ts";

/** What a model of trees does not say of itself. */
export interface BoostedActing {
  readonly rule: VotingRule;
  readonly acting: VoteActing;
  readonly instruments: number;
  /** Numbers of an account that the model asks for and does not look at. */
  readonly accountSize: number;
  /** What must say the same, if anything. */
  readonly agreeing?: Voter | undefined;
  /** From the probability of a class to how often such votes are right; without it nothing is said of that. */
  readonly calibration?: Calibration | undefined;
}

/** A policy from the bytes of a model that `forestModel` made; deterministic. */
export async function boostedPolicy(
  name: string,
  model: Uint8Array,
  { rule, acting, instruments, accountSize, agreeing, calibration }: BoostedActing,
): Promise<NetworkPolicy> {
  const program = await compileModel(model);
  const account = new Float32Array(accountSize);
  let said = new Float32Array(0);
  const predict = async (market: Float32Array): Promise<Float32Array> => {
    const found = (await program.run({ [actingNames.market]: market, [actingNames.account]: account }))[
      forestNames.predictions
    ];
    invariant(found instanceof Float32Array, "a model of trees gives its predictions", { model: name });
    said = Float32Array.from(found);
    return said;
  };
  const trees = boostedVoter(name, predict, rule, instruments);
  const policy = votingPolicy(agreeing === undefined ? trees : agreement([trees, agreeing]), acting, instruments);
  return {
    name: policy.name,
    async act(observation) {
      const decision = await policy.act(observation);
      if (calibration === undefined || !("signals" in decision)) return decision;
      return {
        ...decision,
        confidence: decision.signals.map((_, i) => calibrated(calibration, surest(said, i, instruments))),
      };
    },
    dispose: () => program.dispose(),
  };
}

/** The probability of an instrument's most probable class, which is what it votes. */
function surest(predictions: Float32Array, instrument: number, instruments: number): number {
  const width = predictions.length / instruments;
  return Math.max(...predictions.subarray(instrument * width, (instrument + 1) * width));
}
