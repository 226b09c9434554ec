/**
 * @file The reward of the V6 document as it was written, errors included, to be compared with `v6` and for nothing else. Two
 * things are left out: memory that leaks from one episode into the next (nothing could be repeated), and a clip at ±10 that
 * no sum of these terms can reach.
 */
import type { RewardTerm, WeightedTerm } from "../reward.ts";

const decay = 0.99;
const gainOf = ({ before, after }: { before: number; after: number }): number => (after - before) / before;

/** Error: levels of moments that the step itself has moved already, instead of increments over the moments before it. */
const differentialSharpe: RewardTerm = {
  name: "v6-legacy-dsr",
  stateWidth: 2,
  begin: (state, at) => void state.fill(0, at, at + 2),
  value(facts, state, at) {
    const gain = gainOf(facts);
    const [meanBefore, squareBefore] = [state[at], state[at + 1]];
    state[at] = decay * meanBefore + (1 - decay) * gain;
    state[at + 1] = decay * squareBefore + (1 - decay) * gain ** 2;
    const [mean, square] = [state[at], state[at + 1]];
    const variance = square - mean ** 2;
    if (variance < 1e-8) return 0;
    const dsr = (square * meanBefore - 0.5 * mean * squareBefore) / (variance + 1e-8) ** 1.5;
    return Math.tanh(dsr / 2) * 2;
  },
};

const window = 252;

/** Error: every loss costs the same whatever its size, and so does every step without a position. */
const sortino: RewardTerm = {
  name: "v6-legacy-sortino",
  // The last returns in a ring, and how many there were.
  stateWidth: window + 1,
  begin: (state, at) => void state.fill(0, at, at + window + 1),
  value(facts, state, at) {
    const gain = gainOf(facts);
    state[at + (state[at + window] % window)] = gain;
    const known = Math.min(++state[at + window], window);
    if (known <= 10) return 0;
    let [sum, squares, losses] = [0, 0, 0];
    for (let n = 0; n < known; n++) {
      if (state[at + n] >= 0) continue;
      sum += state[at + n];
      losses++;
    }
    if (losses === 0) return gain > 0 ? 0.2 : 0;
    for (let n = 0; n < known; n++) if (state[at + n] < 0) squares += (state[at + n] - sum / losses) ** 2;
    const ratio = gain > 0 ? gain / (Math.sqrt(squares / losses) + 1e-8) : -0.5;
    return Math.min(Math.max(0.1 * ratio, -0.5), 0.5);
  },
};

/** Error: purchases and sales both count as trades, only sales can win, and the level is paid at every step. */
const winRate: RewardTerm = {
  name: "v6-legacy-win-rate",
  stateWidth: 2,
  begin: (state, at) => void state.fill(0, at, at + 2),
  value({ fills, closed, realised }, state, at) {
    if (realised > 0) state[at] += closed;
    state[at + 1] += fills;
    if (state[at + 1] <= 5) return 0;
    const excess = state[at] / state[at + 1] - 0.5;
    return excess * (excess > 0 ? 0.5 : 0.3);
  },
};

/** Error: the deepest drawdown never heals, so that from then on it is a constant. */
const drawdown: RewardTerm = {
  name: "v6-legacy-drawdown",
  stateWidth: 1,
  begin: (state, at) => void state.fill(0, at, at + 1),
  value({ after, peakAfter }, state, at) {
    state[at] = Math.min(state[at], after / peakAfter - 1);
    return state[at] < -0.1 ? Math.min(2 * state[at], -0.1) : 0;
  },
};

/** Error: it leaps from 0 to 0.1 between three trades and four. */
const overtrading: RewardTerm = {
  name: "v6-legacy-overtrading",
  stateWidth: 0,
  begin() {},
  value: ({ fills }) => (fills > 3 ? 0.05 * (fills - 2) : 0),
};

/** 0.6 · "dsr" + 0.2 · "sortino" + 0.1 · win rate + 0.05 · drawdown − 0.05 · overtrading. */
export const v6Legacy: readonly WeightedTerm[] = [
  { term: differentialSharpe, weight: 0.6 },
  { term: sortino, weight: 0.2 },
  { term: winRate, weight: 0.1 },
  { term: drawdown, weight: 0.05 },
  { term: overtrading, weight: -0.05 },
];
