/** @file The reward of the V3 document as it was written, errors included, to be compared with `v3` and for nothing else. */
import type { RewardTerm, WeightedTerm } from "../reward.ts";

const stateless = { stateWidth: 0, begin() {} };

/** Simple return in percent. */
const gain: RewardTerm = {
  ...stateless,
  name: "v3-legacy-return",
  value: ({ before, after }) => ((after - before) / before) * 100,
};

/** Error: the level of the drawdown is charged at every step, so that beyond 10 % it outweighs all that can be earned. */
const drawdown: RewardTerm = {
  ...stateless,
  name: "v3-legacy-drawdown",
  value({ after, peakAfter }) {
    const depth = 1 - after / peakAfter;
    return depth > 0.1 ? -10 * depth : 0;
  },
};

/** Returns that the Sharpe ratio looks back at, and how many it needs. */
const [window, needed] = [100, 30];

/** Error: losses are counted twice, and what the agent does not see decides what it is paid. */
const sharpe: RewardTerm = {
  name: "v3-legacy-sharpe",
  // The last returns in a ring, and how many there were.
  stateWidth: window + 1,
  begin: (state, at) => void state.fill(0, at, at + window + 1),
  value({ before, after }, state, at) {
    state[at + (state[at + window] % window)] = (after - before) / before;
    const known = Math.min(++state[at + window], window);
    if (known < needed) return 0;
    let [sum, squares] = [0, 0];
    for (let n = 0; n < known; n++) sum += state[at + n];
    const mean = sum / known;
    for (let n = 0; n < known; n++) squares += (state[at + n] - mean) ** 2;
    const deviation = Math.sqrt(squares / known);
    return deviation > 0 && mean < 0 ? (0.1 * mean) / deviation : 0;
  },
};

/** Error: as if fifteen instruments were one; costs are in the equity already. */
const overtrading: RewardTerm = {
  ...stateless,
  name: "v3-legacy-overtrading",
  value: ({ fills }) => (fills > 1 ? -0.01 * fills : 0),
};

/** Error: a cliff that pays variance, a quarter of the return that earns it again. */
const bonus: RewardTerm = {
  ...stateless,
  name: "v3-legacy-bonus",
  value: ({ before, after }) => ((after - before) / before > 0.02 ? 0.5 : 0),
};

/** return · 100 − 10 · DD (beyond 10 %) + 0.1 · Sharpe (below 0) − 0.01 · trades (above 1) + 0.5 (return above 2 %). */
export const v3Legacy: readonly WeightedTerm[] = [gain, drawdown, sharpe, overtrading, bonus].map((term) => ({
  term,
  weight: 1,
}));
