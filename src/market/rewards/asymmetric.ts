/** @file The log return, with losses that count for more than gains. */
import type { RewardTerm } from "../reward.ts";

/** r = ln(equity after / equity before), times `lossAversion` where it is a loss: it leans towards not trading. */
export function asymmetric(lossAversion = 1.5): RewardTerm {
  return {
    name: "asymmetric",
    stateWidth: 0,
    begin() {},
    value({ before, after }) {
      const gain = Math.log(after / before);
      return gain < 0 ? lossAversion * gain : gain;
    },
  };
}
