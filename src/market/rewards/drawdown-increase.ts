/** @file A price on getting deeper under water: what a step adds to the drawdown. */
import type { RewardTerm } from "../reward.ts";

/** −max(0, DD after − DD before), DD = 1 − equity / highest equity so far: staying in a drawdown costs nothing more. */
export const drawdownIncrease: RewardTerm = {
  name: "drawdown-increase",
  stateWidth: 0,
  begin() {},
  value: ({ before, after, peakBefore, peakAfter }) => -Math.max(0, before / peakBefore - after / peakAfter),
};
