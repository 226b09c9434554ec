/** @file The reward that everything is judged by: the log return of a step, net of all costs. */
import type { RewardTerm } from "../reward.ts";

/** ln(equity after / equity before): 0 when flat, and over an episode it adds up to ln(final / initial equity). */
export const logReturn: RewardTerm = {
  name: "log-return",
  stateWidth: 0,
  begin() {},
  value: ({ before, after }) => Math.log(after / before),
};
