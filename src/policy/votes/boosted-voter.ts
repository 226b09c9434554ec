/** @file Boosted trees that vote: probabilities or an expected return turned into a direction by a threshold. */
import { invariant } from "#base/invariant.ts";
import type { ForestObjective } from "../trees/forest.ts";
import type { Vote, Voter } from "./vote.ts";
import { votes } from "./vote.ts";

/** How what trees predict becomes a vote. */
export interface VotingRule {
  readonly objective: ForestObjective;
  /** Probability that a direction must have, or return that must be expected of it. */
  readonly threshold: number;
}

/**
 * Of softmax the most probable of SELL, HOLD, BUY, where it has the threshold; of logistic BUY where p has it and SELL where 1 − p
 * has; of squared error BUY above the threshold and SELL below its negative. Else HOLD.
 * @param predictions of one instrument
 */
export function voteOf(predictions: Float32Array, { objective, threshold }: VotingRule): Vote {
  // Broken numbers must not be mistaken for a direction.
  invariant(predictions.every(Number.isFinite), "predictions are numbers", { found: predictions.join() });
  if (objective === "softmax") {
    const best = predictions.indexOf(Math.max(...predictions));
    return predictions[best] >= threshold ? votes[best] : "HOLD";
  }
  const [value] = predictions;
  if (objective === "logistic") return value >= threshold ? "BUY" : 1 - value >= threshold ? "SELL" : "HOLD";
  return value > threshold ? "BUY" : value < -threshold ? "SELL" : "HOLD";
}

/** What trees say of the last bars: the predictions of each instrument, one after the other. */
export type Predict = (market: Float32Array) => Float32Array | Promise<Float32Array>;

/** A voter from what predicts: the session of a model, or a forest itself. */
export function boostedVoter(name: string, predict: Predict, rule: VotingRule, instruments: number): Voter {
  const width = rule.objective === "softmax" ? votes.length : 1;
  const said = (predictions: Float32Array): Vote[] => {
    invariant(predictions.length === instruments * width, "there are predictions for each instrument", {
      numbers: predictions.length,
      instruments,
    });
    return Array.from({ length: instruments }, (_, i) =>
      voteOf(predictions.subarray(i * width, (i + 1) * width), rule),
    );
  };
  return {
    name,
    vote({ market }) {
      const found = predict(market);
      return found instanceof Promise ? found.then(said) : said(found);
    },
  };
}
