/** @file How many of the positions that were closed had gained, paid where one is closed and at no other time. */
import type { RewardTerm } from "../reward.ts";

/**
 * Share of the episode's closed positions that gained, less a half; 0 in steps that close none and before the fifth.
 * Positions that are closed in one step count as gained where they did so together.
 */
export const winRate: RewardTerm = {
  name: "win-rate",
  // Positions that gained, positions closed.
  stateWidth: 2,
  begin: (state, at) => void state.fill(0, at, at + 2),
  value({ closed, realised }, state, at) {
    if (closed === 0) return 0;
    if (realised > 0) state[at] += closed;
    state[at + 1] += closed;
    return state[at + 1] < 5 ? 0 : state[at] / state[at + 1] - 0.5;
  },
};
