/** @file The reward of the Alpha document as it was written, errors included, to be compared with `alpha` and for nothing else. */
import type { RewardTerm, WeightedTerm } from "../reward.ts";

/** Error: only closing pays, so that a loss is free for as long as it is held. */
const profit: RewardTerm = {
  name: "alpha-legacy-profit",
  stateWidth: 0,
  begin() {},
  value({ realised, after }) {
    const percent = (realised / after) * 100;
    return percent < 0 ? 1.5 * percent : percent;
  },
};

/** Positions of the day that gained, positions closed on it, the day. */
const dayWidth = 3;

function closedToday(day: number, closed: number, realised: number, state: Float64Array, at: number): void {
  if (state[at + 2] !== day) {
    state[at] = 0;
    state[at + 1] = 0;
    state[at + 2] = day;
  }
  if (realised > 0) state[at] += closed;
  state[at + 1] += closed;
}

/** Error: one gain is paid again at every step for the rest of the day. */
const consistency: RewardTerm = {
  name: "alpha-legacy-consistency",
  stateWidth: dayWidth,
  begin: (state, at) => void state.fill(0, at, at + dayWidth),
  value({ day, closed, realised }, state, at) {
    closedToday(day, closed, realised, state, at);
    return state[at + 1] > 0 && state[at] / state[at + 1] > 0.6 ? 0.05 : 0;
  },
};

/** Error: charged at every step, so that it grows with the square of the trades. */
const overtrading: RewardTerm = {
  name: "alpha-legacy-overtrading",
  stateWidth: dayWidth,
  begin: (state, at) => void state.fill(0, at, at + dayWidth),
  value({ day, closed, realised }, state, at) {
    closedToday(day, closed, realised, state, at);
    return state[at + 1] > 10 ? -0.02 * (state[at + 1] - 10) : 0;
  },
};

/** realised gain in percent of equity, losses · 1.5, + 0.05 (more than 60 % won today) − 0.02 · (trades today − 10). */
export const alphaLegacy: readonly WeightedTerm[] = [profit, consistency, overtrading].map((term) => ({
  term,
  weight: 1,
}));
