/** @file Several voters in agreement: a direction only where all of them say it. */
import type { Observation } from "../policy.ts";
import type { Vote, Voter } from "./vote.ts";

/** Asks all at every bar, so that each keeps its state, and says HOLD where they differ. */
export function agreement(voters: readonly Voter[]): Voter {
  const common = (said: readonly (readonly Vote[])[]): Vote[] =>
    said[0].map((vote, i) => (said.every((one) => one[i] === vote) ? vote : "HOLD"));
  return {
    name: voters.map(({ name }) => name).join(" and "),
    vote(observation: Observation) {
      const said = voters.map((voter) => voter.vote(observation));
      const settled = said.filter((one): one is readonly Vote[] => !(one instanceof Promise));
      return settled.length === said.length
        ? common(settled)
        : Promise.all(said.map((one) => Promise.resolve(one))).then(common);
    },
  };
}
