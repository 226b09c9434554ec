/** @file What boosted trees said of the validation span beside what came: how far their votes can be believed. Pure. */
import type { Outcome } from "#policy/calibration.ts";
import type { Forest } from "#policy/trees/forest.ts";
import { predictions } from "#policy/trees/forest.ts";
import type { VotingRule } from "#policy/votes/boosted-voter.ts";
import { voteOf } from "#policy/votes/boosted-voter.ts";
import { votes } from "#policy/votes/vote.ts";
import type { FoldRows } from "./boosting-rows.ts";

/**
 * Of each labelled bar of the validation span where the trees vote BUY or SELL: how probable that class was, and whether the label
 * came out so; in the order of time. Nothing of trees that foretell returns, which have no probability.
 * @param forests and @param rows of each instrument
 */
export function voteOutcomes(forests: readonly Forest[], rows: readonly FoldRows[], rule: VotingRule): Outcome[] {
  if (rule.objective !== "softmax") return [];
  const found = forests.flatMap((forest, i) => {
    const { validation, validationBars } = rows[i];
    const said = predictions(forest, validation.values);
    return validationBars.flatMap((bar, row) => {
      const probabilities = said.subarray(row * forest.outputs, (row + 1) * forest.outputs);
      const vote = voteOf(probabilities, rule);
      if (vote === "HOLD") return [];
      const confidence = probabilities[votes.indexOf(vote)];
      return [{ bar, confidence, right: votes[validation.labels[row]] === vote }];
    });
  });
  return found.toSorted((one, other) => one.bar - other.bar).map(({ confidence, right }) => ({ confidence, right }));
}
