/** @file Rewards over the running deviation of their discounted return, so that values are of order 1 whatever a reward's unit is. */
import type { Snapshot } from "#env/env.ts";

export interface RewardScale {
  /** Scales the rewards of one step of all lanes, written into `into` from `at` on. */
  scale(rewards: Float32Array, terminated: Uint8Array, truncated: Uint8Array, into: Float32Array, at: number): void;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

/** No reward counts for more than this many deviations. */
const most = 10;

/**
 * Rₜ = γ·Rₜ₋₁ + rₜ in each lane, from 0 at each episode's start; rₜ / √Var(R) over all lanes and steps so far, held within ±10
 * (Engstrom et al., 2020, §3: "reward scaling"). The variance is Welford's. Nothing is subtracted: a reward keeps its sign.
 */
export function runningRewardScale(lanes: number, gamma: number): RewardScale {
  const returns = new Float64Array(lanes);
  let [count, mean, squares] = [0, 0, 0];
  return {
    scale(rewards, terminated, truncated, into, at) {
      for (let lane = 0; lane < lanes; lane++) {
        returns[lane] = gamma * returns[lane] + rewards[lane];
        count++;
        const away = returns[lane] - mean;
        mean += away / count;
        squares += away * (returns[lane] - mean);
        if (terminated[lane] === 1 || truncated[lane] === 1) returns[lane] = 0;
      }
      const deviation = Math.sqrt(squares / count + 1e-8);
      for (let lane = 0; lane < lanes; lane++) {
        into[at + lane] = Math.min(most, Math.max(-most, rewards[lane] / deviation));
      }
    },
    snapshot: () => ({ returns: returns.slice(), moments: Float64Array.of(count, mean, squares) }),
    restore(snapshot) {
      returns.set(snapshot["returns"]);
      [count, mean, squares] = snapshot["moments"];
    },
  };
}

/** Rewards times a number. */
export function fixedRewardScale(factor: number): RewardScale {
  return {
    scale(rewards, _, __, into, at) {
      for (let lane = 0; lane < rewards.length; lane++) into[at + lane] = rewards[lane] * factor;
    },
    snapshot: () => ({}),
    restore() {},
  };
}
