/** @file A k-armed bandit without context: the least that an agent must be able to learn. */
import { invariant } from "#base/invariant.ts";
import type { World } from "../env.ts";

export type BanditState = {
  /** Pulls of this episode: 0, or 1 once it is over. */
  readonly pulls: number;
};

interface BanditSettings {
  readonly arms?: number;
  /** Index of the best arm, the same in every episode. */
  readonly best?: number;
  /** Standard deviation of every arm's reward. */
  readonly noise?: number;
}

/**
 * One pull is one episode; the observation is always 1. The best arm pays 1 on average and the others 0, each with normal
 * noise (Sutton and Barto, 2018, section 2.3, with means that do not change with the seed).
 */
export function bandit({ arms = 10, best = 7, noise = 1 }: BanditSettings = {}): World<BanditState> {
  invariant(best >= 0 && best < arms, "the best arm is one of the arms", { best, arms });
  return {
    name: "bandit",
    observationSpace: { kind: "vector", size: 1 },
    actionSpace: { kind: "discrete", sizes: [arms] },
    initial: () => ({ pulls: 0 }),
    step(state, action, rng) {
      const arm = action[0];
      invariant(Number.isInteger(arm) && arm >= 0 && arm < arms, "an action is the index of an arm", { arm });
      const mean = arm === best ? 1 : 0;
      return { state: { pulls: state.pulls + 1 }, reward: mean + noise * rng.normal(), terminated: true };
    },
    observe(_state, into, at) {
      into[at] = 1;
    },
  };
}
