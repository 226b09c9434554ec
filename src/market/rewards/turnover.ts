/** @file A price on trading beside its real costs. */
import type { RewardTerm } from "../reward.ts";

/** −value traded / equity before. */
export const turnover: RewardTerm = {
  name: "turnover",
  stateWidth: 0,
  begin() {},
  value: ({ traded, before }) => -traded / before,
};
